/*
 * rpc-load: calls an ONC RPC server over TCP as fast as it answers, and says how fast that was.
 *
 *   cc -O2 -o rpc-load bench/rpc-load.c
 *   rpc-load ADDRESS PORT CONNECTIONS DEPTH SECONDS CALL
 *
 * CALL is one of (of NetInfo, program 200100000 version 2, but for the last two):
 *   ping
 *   read FIRST COUNT                       directories FIRST to FIRST + COUNT - 1, in random order
 *   list OBJECT KEY
 *   lookup OBJECT KEY FORMAT COUNT         the value is FORMAT with a number from 0 to COUNT - 1 for its %d
 *   lookupread OBJECT KEY FORMAT COUNT
 *   hex PROGRAM VERSION PROCEDURE HEX      the arguments as they are ("" for none)
 *   echo BYTES                             records of so many bytes, mark included, to a server that sends back what it gets
 *
 * Each connection keeps DEPTH calls under way. One thread, epoll. Prints one line: calls a second, the median and the 99th
 * percentile of the time from sending a call to its reply in microseconds, bytes received, and how many replies were no
 * success (of RPC, or of NetInfo: the first word of the results is then not 0).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CALL_BYTES_MAX = 70000, INPUT_BYTES = 1 << 18, SLOTS = 1024, TIMES = 1000001 };

struct connection {
  int fd;
  uint8_t *out;
  size_t out_length, out_sent, out_size;
  /* The record that is being received: bytes of the mark, of its fragment that are missing, and the first words of it. */
  uint32_t mark;
  unsigned mark_bytes, head_bytes;
  size_t missing;
  int is_last;
  uint8_t head[28];
  uint64_t sent_at[SLOTS];
  uint32_t next_xid;
};

static enum { PING, READ, LIST, LOOKUP, LOOKUPREAD, HEX, ECHO } kind;
static uint32_t program = 200100000, version = 2, procedure, object, count = 1;
static const char *key = "", *format = "";
static uint8_t fixed[CALL_BYTES_MAX];
static size_t fixed_length;
static int has_status;
static uint32_t *times;
static uint64_t random_state = 88172645463325252ull;

static void die(const char *what) {
  fprintf(stderr, "rpc-load: %s: %s\n", what, errno ? strerror(errno) : "wrong arguments");
  exit(2);
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint32_t random_below(uint32_t end) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)((random_state >> 20) % end);
}

static uint8_t *put(uint8_t *at, uint32_t word) {
  word = htonl(word);
  memcpy(at, &word, 4);
  return at + 4;
}

static uint8_t *put_text(uint8_t *at, const char *text) {
  size_t length = strlen(text);
  at = put(at, (uint32_t)length);
  memset(at, 0, (length + 3) & ~(size_t)3);
  memcpy(at, text, length);
  return at + ((length + 3) & ~(size_t)3);
}

static size_t build(uint8_t *call, uint32_t xid) {
  uint8_t *at = call + 4;
  char value[256];
  uint32_t header[] = {xid, 0, 2, program, version, procedure, 0, 0, 0, 0};
  for (size_t i = 0; i < sizeof header / sizeof *header; i++) at = put(at, header[i]);
  if (kind == READ) {
    at = put(at, object + random_below(count));
    at = put(at, 0);
  } else if (kind == LIST) {
    at = put(at, object);
    at = put(at, 0);
    at = put_text(at, key);
  } else if (kind == LOOKUP || kind == LOOKUPREAD) {
    snprintf(value, sizeof value, format, (int)random_below(count));
    at = put(at, object);
    at = put(at, 0);
    at = put_text(at, key);
    at = put_text(at, value);
  } else if (kind == HEX || kind == ECHO) {
    memcpy(at, fixed, fixed_length);
    at += fixed_length;
  }
  put(call, 0x80000000u | (uint32_t)(at - call - 4));
  return (size_t)(at - call);
}

static void queue_call(struct connection *c, uint64_t now) {
  if (c->out_length + CALL_BYTES_MAX + 64 > c->out_size) {
    c->out_size = c->out_size * 2 + CALL_BYTES_MAX + 64;
    c->out = realloc(c->out, c->out_size);
    if (!c->out) die("memory");
  }
  c->sent_at[c->next_xid % SLOTS] = now;
  c->out_length += build(c->out + c->out_length, c->next_xid++);
}

/* Sends what waits; leaves the rest for when the socket is writable. */
static void send_calls(struct connection *c, int epoll) {
  while (c->out_sent < c->out_length) {
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_length - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) die("send");
    c->out_sent += (size_t)n;
  }
  int is_rest = c->out_sent < c->out_length;
  if (!is_rest) c->out_sent = c->out_length = 0;
  static uint8_t waits[65536];
  if (waits[c->fd] == is_rest) return;
  waits[c->fd] = (uint8_t)is_rest;
  struct epoll_event event = {.events = EPOLLIN | (is_rest ? EPOLLOUT : 0u), .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
}

static uint64_t done, failed, received;

static void finish_reply(struct connection *c, uint64_t now) {
  uint32_t word[7] = {0};
  memcpy(word, c->head, c->head_bytes);
  /* xid, REPLY, accepted, verifier (two words), accept status, and the status of NetInfo */
  int is_good = kind == ECHO || (c->head_bytes >= 24 && ntohl(word[1]) == 1 && !word[2] && !word[5] &&
                (!has_status || (c->head_bytes == 28 && !word[6])));
  uint64_t us = (now - c->sent_at[ntohl(word[0]) % SLOTS]) / 1000;
  times[us < TIMES - 1 ? us : TIMES - 1]++;
  done++;
  failed += !is_good;
  c->head_bytes = 0;
}

static unsigned take(struct connection *c, const uint8_t *bytes, size_t length, uint64_t now) {
  unsigned replies = 0;
  while (length > 0) {
    if (c->mark_bytes < 4) {
      c->mark = c->mark << 8 | *bytes++;
      length--;
      if (++c->mark_bytes < 4) continue;
      c->missing = c->mark & 0x7fffffffu;
      c->is_last = c->mark >> 31;
    } else {
      size_t taken = c->missing < length ? c->missing : length;
      size_t kept = sizeof c->head - c->head_bytes < taken ? sizeof c->head - c->head_bytes : taken;
      memcpy(c->head + c->head_bytes, bytes, kept);
      c->head_bytes += (unsigned)kept;
      c->missing -= taken;
      bytes += taken;
      length -= taken;
    }
    if (c->missing > 0) continue;
    c->mark_bytes = 0;
    if (!c->is_last) continue;
    finish_reply(c, now);
    replies++;
  }
  return replies;
}

static double percentile(double part) {
  uint64_t seen = 0;
  for (uint32_t us = 0; us < TIMES; us++) {
    seen += times[us];
    if ((double)seen >= (double)done * part) return us;
  }
  return TIMES;
}

static void parse_call(int argc, char **argv) {
  const char *name = argv[0];
  if (!strcmp(name, "ping")) return;
  if (!strcmp(name, "echo") && argc == 2) {
    /* The mark and the header of a call are 44 bytes of it. */
    long bytes = atol(argv[1]);
    if (bytes < 44 || bytes > CALL_BYTES_MAX) die("call");
    kind = ECHO, fixed_length = (size_t)bytes - 44;
    return;
  }
  has_status = 1;
  if (!strcmp(name, "read") && argc == 3) {
    kind = READ, procedure = 7, object = (uint32_t)atol(argv[1]), count = (uint32_t)atol(argv[2]);
  } else if (!strcmp(name, "list") && argc == 3) {
    kind = LIST, procedure = 11, object = (uint32_t)atol(argv[1]), key = argv[2];
  } else if ((!strcmp(name, "lookup") || !strcmp(name, "lookupread")) && argc == 5) {
    kind = name[6] ? LOOKUPREAD : LOOKUP, procedure = name[6] ? 28 : 10;
    object = (uint32_t)atol(argv[1]), key = argv[2], format = argv[3], count = (uint32_t)atol(argv[4]);
  } else if (!strcmp(name, "hex") && argc == 5) {
    kind = HEX, has_status = 0;
    program = (uint32_t)atol(argv[1]), version = (uint32_t)atol(argv[2]), procedure = (uint32_t)atol(argv[3]);
    for (const char *at = argv[4]; at[0] && at[1] && fixed_length < sizeof fixed - 64; at += 2) {
      unsigned byte;
      if (sscanf(at, "%2x", &byte) != 1) die("hex");
      fixed[fixed_length++] = (uint8_t)byte;
    }
  } else die("call");
  if (strlen(key) > 255 || count == 0) die("call");
}

int main(int argc, char **argv) {
  errno = 0;
  if (argc < 7) die("usage: rpc-load ADDRESS PORT CONNECTIONS DEPTH SECONDS CALL");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
  int connections = atoi(argv[3]), depth = atoi(argv[4]);
  double seconds = atof(argv[5]);
  if (!inet_aton(argv[1], &to.sin_addr) || connections < 1 || depth < 1 || depth > SLOTS || seconds <= 0) die("usage");
  parse_call(argc - 6, argv + 6);
  times = calloc(TIMES, sizeof *times);
  uint8_t *input = malloc(INPUT_BYTES);
  struct connection *all = calloc((size_t)connections, sizeof *all);
  int epoll = epoll_create1(0);
  if (!times || !input || !all || epoll < 0) die("memory");
  for (int i = 0; i < connections; i++) {
    struct connection *c = &all[i];
    int yes = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || c->fd >= 65536 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
  }
  uint64_t begin = now_ns(), end = begin + (uint64_t)(seconds * 1e9), now = begin;
  for (int i = 0; i < connections; i++) {
    for (int d = 0; d < depth; d++) queue_call(&all[i], now);
    send_calls(&all[i], epoll);
  }
  struct epoll_event events[256];
  while ((now = now_ns()) < end) {
    int ready = epoll_wait(epoll, events, 256, 100);
    for (int e = 0; e < ready; e++) {
      struct connection *c = events[e].data.ptr;
      if (events[e].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t n = recv(c->fd, input, INPUT_BYTES, MSG_DONTWAIT);
        if (n == 0) die("the server closed the connection");
        if (n < 0 && errno != EAGAIN) die("recv");
        if (n > 0) {
          received += (uint64_t)n;
          now = now_ns();
          for (unsigned replies = take(c, input, (size_t)n, now); replies > 0; replies--) queue_call(c, now);
        }
      }
      send_calls(c, epoll);
    }
  }
  double took = (double)(now - begin) / 1e9;
  printf("%.0f calls/s  p50 %.0f us  p99 %.0f us  %.1f MB/s  %llu calls  %llu failed\n", (double)done / took, percentile(0.5),
         percentile(0.99), (double)received / took / 1e6, (unsigned long long)done, (unsigned long long)failed);
  return failed > 0;
}
