import type { PpoSettings } from "./ppo.js";
import { type TrainerSettings, trainerDefaults } from "./trainer.js";

/** Beyond what any ratio, divergence or rollout reaches, and still a number in JSON. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Advantage actor-critic (Mnih et al. 2016, "Asynchronous methods for deep reinforcement learning", algorithm S3, its
 * synchronous form): one step on each rollout, of the gradient of -A log pi, the squared error of the values and the
 * entropy. That is what a PPO update is with one epoch of one minibatch, where no ratio has moved from 1 and nothing is
 * clipped (Huang et al. 2022, "A2C is a special case of PPO", arXiv:2205.09123): the same code, other settings.
 */
export const a2cUpdate: PpoSettings = {
  epochs: 1,
  minibatch: NEVER,
  clip: NEVER,
  valueWeight: 0.5,
  entropyWeight: 0.003,
  maxGradientNorm: 0.5,
  targetKl: NEVER,
};

/** For `Trainer`, in place of `trainerDefaults`: short rollouts, since each gives one step. */
export const a2cDefaults = {
  ...trainerDefaults,
  environments: 16,
  rollout: 16,
  learningRate: 2e-3,
  finalLearningRate: 1e-4,
  ppo: a2cUpdate,
} as const satisfies Partial<TrainerSettings>;
