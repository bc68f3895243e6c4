/*
 * The commands, one a line:
 *
 *   open tcp|udp ADDRESS PORT PROGRAM VERSION SOURCE   a connection; SOURCE is `any` port, or a `reserved` one
 *   none                                               calls without credentials from now on
 *   unix MACHINE UID                                   calls with AUTH_UNIX: machine name as bytes, gid 0, no groups
 *   call netinfo|binder PROCEDURE ARGUMENTS...         one of the stubs; numbers, bytes, counts before lists
 *   raw PROCEDURE BYTES                                a procedure by its number, with these bytes for arguments
 *
 * and the answers: {"done":true,...} with every field of the result and `wire`, the result as libtirpc would have sent it;
 * or {"done":false,"stat":N,...} with the number of libtirpc's clnt_stat and what it tells besides.
 */
#include "peer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static CLIENT *client = NULL;
static int client_socket = -1;
/* A longer result is not printed a second time as bytes. */
static const u_long WIRE_BYTES_MAX = 64 * 1024;
static const struct timeval CALL_TIME = {30, 0};

static void answer_failure(enum clnt_stat stat)
{
    struct rpc_err error;
    memset(&error, 0, sizeof error);
    clnt_geterr(client, &error);
    printf("{\"done\":false,\"stat\":%d", (int)stat);
    if (stat == RPC_AUTHERROR)
        print_number("why", (u_int)error.re_why);
    if (stat == RPC_PROGVERSMISMATCH || stat == RPC_VERSMISMATCH) {
        print_number("low", (u_int)error.re_vers.low);
        print_number("high", (u_int)error.re_vers.high);
    }
    printf("}\n");
}

static void close_client(void)
{
    if (client != NULL) {
        auth_destroy(client->cl_auth);
        clnt_destroy(client);
    }
    if (client_socket >= 0)
        close(client_socket);
    client = NULL;
    client_socket = -1;
}

static int open_socket(int type, int is_reserved, struct sockaddr_in *server)
{
    int opened = socket(AF_INET, type, 0);
    if (opened < 0 || (is_reserved && bindresvport(opened, NULL) != 0))
        fail(strerror(errno));
    if (type == SOCK_STREAM && connect(opened, (struct sockaddr *)server, sizeof *server) != 0)
        fail(strerror(errno));
    return opened;
}

static void open_client(struct words *from)
{
    struct sockaddr_in server;
    struct timeval again = {5, 0};
    struct timeval time = CALL_TIME;
    int is_tcp = strcmp(take_word(from), "tcp") == 0;
    memset(&server, 0, sizeof server);
    server.sin_family = AF_INET;
    if (inet_pton(AF_INET, take_word(from), &server.sin_addr) != 1)
        fail("not an address");
    server.sin_port = htons((u_short)take_number(from));
    u_int program = take_number(from);
    u_int version = take_number(from);
    close_client();
    int is_reserved = strcmp(take_word(from), "reserved") == 0;
    client_socket = open_socket(is_tcp ? SOCK_STREAM : SOCK_DGRAM, is_reserved, &server);
    client = is_tcp ? clnttcp_create(&server, program, version, &client_socket, 0, 0)
                    : clntudp_create(&server, program, version, again, &client_socket);
    if (client == NULL)
        fail(clnt_spcreateerror("no client"));
    clnt_control(client, CLSET_TIMEOUT, (char *)&time);
    printf("{\"done\":true}\n");
}

static void set_credential(AUTH *credential)
{
    auth_destroy(client->cl_auth);
    client->cl_auth = credential;
    printf("{\"done\":true}\n");
}

static AUTH *take_unix(struct words *from)
{
    char *machine = take_bytes(from, NULL);
    AUTH *credential = authunix_create(machine, take_number(from), 0, 0, NULL);
    free(machine);
    if (credential == NULL)
        fail("no credential");
    return credential;
}

/* What came, as libtirpc itself would have sent it. */
static void print_wire(const struct procedure *procedure, void *result)
{
    u_long length = xdr_sizeof(procedure->result_xdr, result);
    if (length > WIRE_BYTES_MAX)
        return;
    char *bytes = take_memory(length, 1);
    XDR out;
    xdrmem_create(&out, bytes, (u_int)length, XDR_ENCODE);
    if (length > 0 && !procedure->result_xdr(&out, result))
        fail("a result does not encode");
    printf(",\"wire\":\"");
    for (u_long at = 0; at < length; at++)
        printf("%02x", (unsigned char)bytes[at]);
    putchar('"');
    free(bytes);
}

static void call(struct words *from)
{
    _Alignas(16) char args[ROOM_BYTES] = {0};
    _Alignas(16) char result[ROOM_BYTES] = {0};
    const struct procedure *each = strcmp(take_word(from), "netinfo") == 0 ? netinfo_procedures : binder_procedures;
    const char *name = take_word(from);
    while (each->name != NULL && strcmp(each->name, name) != 0)
        each++;
    if (each->name == NULL)
        fail("no such procedure");
    if (each->take != NULL)
        each->take(from, args);
    enum clnt_stat stat = each->run(args, result, client);
    if (stat == RPC_SUCCESS) {
        printf("{\"done\":true");
        if (each->print != NULL)
            each->print(result);
        print_wire(each, result);
        printf("}\n");
    } else {
        answer_failure(stat);
    }
    xdr_free(each->args_xdr, args);
    xdr_free(each->result_xdr, result);
}

struct bytes {
    char *start;
    u_int length;
};

static bool_t xdr_bytes_as_they_are(XDR *out, struct bytes *bytes)
{
    return XDR_PUTBYTES(out, bytes->start, bytes->length);
}

static void call_raw(struct words *from)
{
    struct bytes bytes;
    u_int number = take_number(from);
    bytes.start = take_bytes(from, &bytes.length);
    enum clnt_stat stat = clnt_call(client, number, (xdrproc_t)xdr_bytes_as_they_are, (caddr_t)&bytes,
                                    (xdrproc_t)xdr_void, NULL, CALL_TIME);
    free(bytes.start);
    if (stat == RPC_SUCCESS)
        printf("{\"done\":true}\n");
    else
        answer_failure(stat);
}

static void obey(struct words *from)
{
    const char *command = take_word(from);
    if (strcmp(command, "open") == 0)
        open_client(from);
    else if (client == NULL)
        fail("nothing is open");
    else if (strcmp(command, "none") == 0)
        set_credential(authnone_create());
    else if (strcmp(command, "unix") == 0)
        set_credential(take_unix(from));
    else if (strcmp(command, "call") == 0)
        call(from);
    else if (strcmp(command, "raw") == 0)
        call_raw(from);
    else
        fail("no such command");
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        struct words words = {line};
        obey(&words);
        fflush(stdout);
    }
    free(line);
    close_client();
    return 0;
}
