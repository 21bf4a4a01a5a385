"""PPO by Stable-Baselines3 on one core, timed by itself in processor seconds, its start not counted.

    sb3_ppo.py dispatch SPEEDS RATE EPISODE STEPS SEED
    sb3_ppo.py cart-pole MOST ENOUGH SEED

Prints one line of JSON. The tasks are those of ../support/dispatch-task.ts and of Gymnasium's CartPole-v1.
"""

import json
import math
import random
import sys
import time

import gymnasium
import numpy
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

torch.set_num_threads(1)


class Dispatch(gymnasium.Env):
    """Jobs come to servers with queues of their own; each is sent to one as it comes. What is seen: log(1 + jobs) by server.

    Times are exponential, so the next event is drawn among an arrival and the ends at busy servers. The reward is minus
    the number in the system, integrated from a decision to the next.
    """

    def __init__(self, speeds, rate, episode):
        count = len(speeds)
        self.observation_space = gymnasium.spaces.Box(0, numpy.inf, (count,), numpy.float32)
        self.action_space = gymnasium.spaces.Discrete(count)
        self.speeds, self.rate, self.episode = speeds, rate, episode
        self.random = random.Random()

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.random.seed(seed)
        self.jobs = [0] * len(self.speeds)
        self.present = 0
        self.time = 0.0
        return self.see(), {}

    def step(self, action):
        jobs, speeds, draw = self.jobs, self.speeds, self.random.random
        jobs[action] += 1
        self.present += 1
        cost = 0.0
        while True:
            ending = sum(speed for speed, here in zip(speeds, jobs) if here)
            total = self.rate + ending
            elapsed = -math.log(1 - draw()) / total
            cost += self.present * elapsed
            self.time += elapsed
            left = draw() * total - self.rate
            if left < 0:
                break
            for server, here in enumerate(jobs):
                if here:
                    left -= speeds[server]
                    if left < 0:
                        break
            jobs[server] -= 1
            self.present -= 1
        return self.see(), -cost, False, self.time >= self.episode, {}

    def see(self):
        return numpy.log1p(numpy.array(self.jobs, numpy.float32))


def dispatch(speeds, rate, episode, steps, seed):
    speeds = [float(speed) for speed in speeds.split(",")]
    envs = DummyVecEnv([lambda: Dispatch(speeds, float(rate), float(episode))] * 8)
    model = PPO(
        "MlpPolicy", envs, n_steps=2048, batch_size=64, n_epochs=10, learning_rate=3e-4, device="cpu", seed=int(seed)
    )
    model.learn(1)  # One iteration, in which everything is used once.
    start, wall = time.process_time(), time.perf_counter()
    model.learn(int(steps))
    return {
        "steps": model.num_timesteps,
        "cpuSeconds": time.process_time() - start,
        "wallSeconds": time.perf_counter() - wall,
    }


class Solved(BaseCallback):
    """Stops once the last 100 episodes of training gave so much on average; `most` steps are the end in any case."""

    def __init__(self, enough):
        super().__init__()
        self.enough = enough

    def _on_step(self):
        return True

    def _on_rollout_end(self):
        returns = [episode["r"] for episode in self.model.ep_info_buffer]
        self.met = len(returns) == 100 and sum(returns) / 100 >= self.enough


def cart_pole(most, enough, seed):
    """With the settings of RL Baselines3 Zoo for CartPole-v1."""
    envs = DummyVecEnv([lambda: Monitor(gymnasium.make("CartPole-v1"))] * 8)
    linear = lambda start: lambda left: left * start
    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=32,
        batch_size=256,
        gae_lambda=0.8,
        gamma=0.98,
        n_epochs=20,
        ent_coef=0.0,
        learning_rate=linear(1e-3),
        clip_range=linear(0.2),
        device="cpu",
        seed=int(seed),
    )
    solved = Solved(float(enough))
    start, wall = time.process_time(), time.perf_counter()
    # What `learn` does, in pieces: it may only be left between two updates.
    most = int(most)
    total, callback = model._setup_learn(most, solved)
    while model.num_timesteps < most:
        model.collect_rollouts(envs, callback, model.rollout_buffer, n_rollout_steps=model.n_steps)
        if solved.met:
            break
        model._update_current_progress_remaining(model.num_timesteps, total)
        model.train()
    return {
        "steps": model.num_timesteps,
        "met": solved.met,
        "cpuSeconds": time.process_time() - start,
        "wallSeconds": time.perf_counter() - wall,
    }


task, *arguments = sys.argv[1:]
print(json.dumps({"dispatch": dispatch, "cart-pole": cart_pole}[task](*arguments)))
