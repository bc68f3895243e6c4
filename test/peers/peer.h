/*
 * An ONC RPC client made of rpcgen's stubs and libtirpc, by which a server that is not made of them is judged.
 *
 * It does what lines on its standard input say, and prints one line of JSON for each (main.c tells them). Strings come
 * as `x` and hexadecimal digits; they go as JSON text, one character for each byte.
 */
#ifndef PEER_H
#define PEER_H

#include <rpc/rpc.h>

/* The words of one line, taken one after the other. A word that is missing or wrong ends the program: the test is wrong. */
struct words {
    char *rest;
};

char *take_word(struct words *from);
u_int take_number(struct words *from);
/* Bytes of the heap with a NUL behind them; how many goes to `length`, which may be NULL where there is no NUL in them. */
char *take_bytes(struct words *from, u_int *length);
/* Zeroed memory, which is freed with what it is part of. */
void *take_memory(size_t count, size_t size);
void fail(const char *why);

void print_text(const char *bytes);
void print_number(const char *name, u_int value);
void print_address(const char *name, u_int address);

/* One procedure: how its arguments are read, which stub calls it, and how its result is told. */
struct procedure {
    const char *name;
    void (*take)(struct words *from, void *args);
    xdrproc_t args_xdr;
    enum clnt_stat (*run)(void *args, void *result, CLIENT *client);
    xdrproc_t result_xdr;
    void (*print)(const void *result);
};

/* Room for the arguments, or the result, of any procedure. */
#define ROOM_BYTES 256

extern const struct procedure netinfo_procedures[];
extern const struct procedure binder_procedures[];

/* The stub as a function of any arguments and result; C converts a `void *` as it must. */
#define STUB(name, stub) \
    static enum clnt_stat run_##name(void *args, void *result, CLIENT *client) { return stub(args, result, client); }

#define FITS(type) _Static_assert(sizeof(type) <= ROOM_BYTES, #type " has no room")

#endif
