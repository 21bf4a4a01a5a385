/** Two pools of which one fails now and then: little to simulate, something to learn. */
export const TINY = `
scenario: tiny
horizon: 20
decide: route
pools:
  fast: { servers: 2, speed: 3, attemptFailure: 0.3 }
  slow: { servers: 4 }
workflows:
  job:
    arrivals: { poisson: 4 / s }
    deadline: 6 s
    tasks:
      work: { work: exponential(1 s), pools: [fast, slow], retry: { attempts: 2 } }
objective: { minimize: flowTime + 12 * failures }
`;
