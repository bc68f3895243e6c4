/* The procedures of the binder: arguments from words, results as members of a JSON object. */
#include "binder.h"
#include "peer.h"
#include <stdio.h>

FITS(clone_args);
FITS(registrations_answer);

static void take_registration(struct words *from, void *args)
{
    registration *to = args;
    to->tag = take_bytes(from, NULL);
    to->udp = take_number(from);
    to->tcp = take_number(from);
}

static void take_tag(struct words *from, void *args)
{
    *(tag_text *)args = take_bytes(from, NULL);
}

static void take_clone(struct words *from, void *args)
{
    clone_args *to = args;
    to->tag = take_bytes(from, NULL);
    to->master_name = take_bytes(from, NULL);
    to->master_address = take_number(from);
    to->master_tag = take_bytes(from, NULL);
}

static void take_bind(struct words *from, void *args)
{
    bind_args *to = args;
    to->client_address = take_number(from);
    to->client_tag = take_bytes(from, NULL);
    to->server_tag = take_bytes(from, NULL);
}

static void print_status(const void *result)
{
    print_number("status", *(const u_int *)result);
}

static void print_ports(const void *result)
{
    const ports_answer *shown = result;
    print_number("status", shown->status);
    if (shown->status != 0)
        return;
    print_number("udp", shown->ports_answer_u.found.udp);
    print_number("tcp", shown->ports_answer_u.found.tcp);
}

static void print_registrations(const void *result)
{
    const registrations_answer *shown = result;
    print_number("status", shown->status);
    if (shown->status != 0)
        return;
    printf(",\"registrations\":[");
    for (u_int at = 0; at < shown->registrations_answer_u.list.list_len; at++) {
        const registration *each = &shown->registrations_answer_u.list.list_val[at];
        printf(at > 0 ? ",{\"tag\":" : "{\"tag\":");
        print_text(each->tag);
        print_number("udp", each->udp);
        print_number("tcp", each->tcp);
        putchar('}');
    }
    putchar(']');
}

STUB(ping, binder_ping_1)
STUB(register, binder_register_1)
STUB(unregister, binder_unregister_1)
STUB(getregister, binder_getregister_1)
STUB(listreg, binder_listreg_1)
STUB(createmaster, binder_createmaster_1)
STUB(createclone, binder_createclone_1)
STUB(destroydomain, binder_destroydomain_1)
STUB(bind, binder_bind_1)

#define NOTHING (xdrproc_t)xdr_void
#define AS(type) (xdrproc_t)xdr_##type

const struct procedure binder_procedures[] = {
    {"ping", NULL, NOTHING, run_ping, NOTHING, NULL},
    {"register", take_registration, AS(registration), run_register, AS(u_int), print_status},
    {"unregister", take_tag, AS(tag_text), run_unregister, AS(u_int), print_status},
    {"getregister", take_tag, AS(tag_text), run_getregister, AS(ports_answer), print_ports},
    {"listreg", NULL, NOTHING, run_listreg, AS(registrations_answer), print_registrations},
    {"createmaster", take_tag, AS(tag_text), run_createmaster, AS(u_int), print_status},
    {"createclone", take_clone, AS(clone_args), run_createclone, AS(u_int), print_status},
    {"destroydomain", take_tag, AS(tag_text), run_destroydomain, AS(u_int), print_status},
    {"bind", take_bind, AS(bind_args), run_bind, NOTHING, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
