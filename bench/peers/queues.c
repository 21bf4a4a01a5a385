/*
 * The limit: a next-event simulation of stations in series, written by hand in C. Poisson arrivals at the first station,
 * exponential service, `servers` servers and one first-in-first-out queue a station: M/M/1, M/M/c and tandems of them.
 *
 *     queues STATIONS SERVERS LAMBDA MU HORIZON SEED
 *
 * prints one JSON object: the events delivered before HORIZON (an arrival and each departure from a station count one),
 * the processor seconds of the loop, the jobs that left the last station, and their mean sojourn in seconds. Events are in
 * a binary heap, by time and then by order of scheduling; numbers are drawn by xoshiro256++ (Blackman and Vigna 2021).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *checked(void *memory) {
  if (memory == NULL) {
    fputs("queues: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

/* Random numbers. */

static uint64_t state[4];

static uint64_t rotated(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static uint64_t next_bits(void) {
  const uint64_t result = rotated(state[0] + state[3], 23) + state[0];
  const uint64_t t = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= t;
  state[3] = rotated(state[3], 45);
  return result;
}

/* The state is filled by splitmix64, as the authors of xoshiro advise. */
static void seed_with(uint64_t seed) {
  for (int i = 0; i < 4; i++) {
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    state[i] = z ^ (z >> 31);
  }
}

/* Uniform in (0, 1], so that its logarithm is finite. */
static double exponential(double rate) {
  return -log((double)((next_bits() >> 11) + 1) * 0x1p-53) / rate;
}

/* The calendar. An event is an arrival (station -1) or the departure of a job from a station. */

typedef struct {
  double at;
  uint64_t order;
  int32_t station;
  int32_t job;
} Event;

static Event *heap;
static size_t heap_size, heap_capacity;
static uint64_t scheduled;

static int earlier(const Event *a, const Event *b) {
  return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void schedule(double at, int32_t station, int32_t job) {
  if (heap_size == heap_capacity) {
    heap_capacity = heap_capacity > 0 ? 2 * heap_capacity : 64;
    heap = checked(realloc(heap, heap_capacity * sizeof *heap));
  }
  const Event event = {at, scheduled++, station, job};
  size_t hole = heap_size++;
  while (hole > 0) {
    const size_t parent = (hole - 1) / 2;
    if (earlier(&heap[parent], &event)) break;
    heap[hole] = heap[parent];
    hole = parent;
  }
  heap[hole] = event;
}

static Event take(void) {
  const Event first = heap[0];
  const Event last = heap[--heap_size];
  size_t hole = 0;
  for (;;) {
    size_t child = 2 * hole + 1;
    if (child >= heap_size) break;
    if (child + 1 < heap_size && earlier(&heap[child + 1], &heap[child])) child++;
    if (earlier(&last, &heap[child])) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = last;
  return first;
}

/* Jobs: when each came, in slots that are used again. */

static double *came_at;
static int32_t *free_jobs;
static int32_t jobs_used, jobs_free, jobs_capacity;

static int32_t new_job(double at) {
  if (jobs_free == 0 && jobs_used == jobs_capacity) {
    jobs_capacity = jobs_capacity > 0 ? 2 * jobs_capacity : 64;
    came_at = checked(realloc(came_at, (size_t)jobs_capacity * sizeof *came_at));
    free_jobs = checked(realloc(free_jobs, (size_t)jobs_capacity * sizeof *free_jobs));
  }
  const int32_t job = jobs_free > 0 ? free_jobs[--jobs_free] : jobs_used++;
  came_at[job] = at;
  return job;
}

/* Stations: busy servers, and a ring of the jobs that wait. */

typedef struct {
  int32_t busy;
  int32_t *ring;
  size_t head, waiting, capacity; /* capacity is a power of two */
} Station;

static void enqueue(Station *s, int32_t job) {
  if (s->waiting == s->capacity) {
    int32_t *wider = checked(malloc(2 * s->capacity * sizeof *wider));
    for (size_t i = 0; i < s->waiting; i++) wider[i] = s->ring[(s->head + i) & (s->capacity - 1)];
    free(s->ring);
    s->ring = wider;
    s->head = 0;
    s->capacity *= 2;
  }
  s->ring[(s->head + s->waiting++) & (s->capacity - 1)] = job;
}

static int32_t dequeue(Station *s) {
  const int32_t job = s->ring[s->head];
  s->head = (s->head + 1) & (s->capacity - 1);
  s->waiting--;
  return job;
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fputs("usage: queues STATIONS SERVERS LAMBDA MU HORIZON SEED\n", stderr);
    return 2;
  }
  const int32_t stations = atoi(argv[1]);
  const int32_t servers = atoi(argv[2]);
  const double lambda = atof(argv[3]);
  const double mu = atof(argv[4]);
  const double horizon = atof(argv[5]);
  if (stations < 1 || servers < 1 || !(lambda > 0) || !(mu > 0) || !(horizon > 0)) {
    fputs("queues: every argument is to be positive\n", stderr);
    return 2;
  }
  seed_with(strtoull(argv[6], NULL, 10));
  Station *station = checked(calloc((size_t)stations, sizeof *station));
  for (int32_t s = 0; s < stations; s++) {
    station[s].capacity = 64;
    station[s].ring = checked(malloc(64 * sizeof *station[s].ring));
  }

  uint64_t events = 0, completed = 0;
  double sojourn = 0;
  const clock_t start = clock();
  schedule(exponential(lambda), -1, -1);
  /* There is always an event: each arrival schedules the next one. */
  while (heap[0].at < horizon) {
    const Event event = take();
    const double now = event.at;
    events++;
    int32_t job;
    if (event.station < 0) {
      job = new_job(now);
      schedule(now + exponential(lambda), -1, -1);
    } else {
      job = event.job;
      Station *left = &station[event.station];
      if (left->waiting > 0) schedule(now + exponential(mu), event.station, dequeue(left));
      else left->busy--;
    }
    const int32_t to = event.station + 1;
    if (to == stations) {
      sojourn += now - came_at[job];
      completed++;
      free_jobs[jobs_free++] = job;
    } else if (station[to].busy < servers) {
      station[to].busy++;
      schedule(now + exponential(mu), to, job);
    } else {
      enqueue(&station[to], job);
    }
  }
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"events\":%llu,\"cpuSeconds\":%.9g,\"completed\":%llu,\"sojourn\":%.17g}\n", (unsigned long long)events,
         seconds, (unsigned long long)completed, completed > 0 ? sojourn / (double)completed : 0.0);
  return 0;
}
