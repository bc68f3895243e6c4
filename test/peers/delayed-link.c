/*
 * A cable between two network namespaces on which every packet takes its time: a TUN interface in each, and between them a
 * queue. `delayed-link NAMESPACE NAMESPACE NAME MILLISECONDS`; it says `ready` when both ends are there, and lives until it is
 * killed. Packets of one direction keep their order. (The kernel of the tests has no netem.)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_BYTES = 2048, PACKETS = 4096 };

struct packet {
  long long due;
  ssize_t length;
  char bytes[PACKET_BYTES];
};

struct end {
  int file;
  struct packet *queue;
  int first;
  int count;
};

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct end open_end(const char *namespace, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int there = open(path, O_RDONLY | O_CLOEXEC);
  if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
  close(there);
  struct end end = {.file = open("/dev/net/tun", O_RDWR | O_NONBLOCK)};
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  if (end.file < 0 || ioctl(end.file, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  end.queue = calloc(PACKETS, sizeof(struct packet));
  if (end.queue == NULL) fail("calloc");
  return end;
}

/* Takes what has come; beyond what the queue holds packets are lost, as on any cable. */
static void take(struct end *end, long delay) {
  while (end->count < PACKETS) {
    struct packet *packet = &end->queue[(end->first + end->count) % PACKETS];
    packet->length = read(end->file, packet->bytes, PACKET_BYTES);
    if (packet->length <= 0) return;
    packet->due = now() + delay;
    end->count += 1;
  }
}

/* Hands on what is due, and says how long it is until the next, in ms; -1 where there is none. */
static int hand_on(struct end *from, const struct end *to) {
  while (from->count > 0) {
    const struct packet *packet = &from->queue[from->first];
    long long left = packet->due - now();
    if (left > 0) return (int)left;
    if (write(to->file, packet->bytes, (size_t)packet->length) < 0) perror("write");
    from->first = (from->first + 1) % PACKETS;
    from->count -= 1;
  }
  return -1;
}

int main(int count, char **words) {
  if (count != 5) {
    fprintf(stderr, "delayed-link NAMESPACE NAMESPACE NAME MILLISECONDS\n");
    return 2;
  }
  struct end ends[2] = {open_end(words[1], words[3]), open_end(words[2], words[3])};
  long delay = strtol(words[4], NULL, 10);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int one = hand_on(&ends[0], &ends[1]);
    int other = hand_on(&ends[1], &ends[0]);
    int wait = one < 0 || (other >= 0 && other < one) ? other : one;
    struct pollfd files[2] = {{.fd = ends[0].file, .events = POLLIN}, {.fd = ends[1].file, .events = POLLIN}};
    if (poll(files, 2, wait) < 0) fail("poll");
    for (int index = 0; index < 2; index += 1) take(&ends[index], delay);
  }
}
