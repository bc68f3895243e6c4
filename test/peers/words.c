/* Reads the words of a line, and writes the parts of a line of JSON. */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *why)
{
    fprintf(stderr, "peer: %s\n", why);
    exit(2);
}

void *take_memory(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);
    if (memory == NULL)
        fail("out of memory");
    return memory;
}

char *take_word(struct words *from)
{
    char *start = from->rest + strspn(from->rest, " \n");
    size_t length = strcspn(start, " \n");
    if (length == 0)
        fail("a word is missing");
    from->rest = start + length;
    if (*from->rest != '\0')
        *from->rest++ = '\0';
    return start;
}

u_int take_number(struct words *from)
{
    char *end;
    char *word = take_word(from);
    unsigned long value = strtoul(word, &end, 10);
    if (*end != '\0' || value > 0xffffffffUL)
        fail("not a number");
    return (u_int)value;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    fail("not a hexadecimal digit");
    return 0;
}

char *take_bytes(struct words *from, u_int *length)
{
    char *word = take_word(from);
    size_t digits = strlen(word) - 1;
    if (word[0] != 'x' || digits % 2 != 0)
        fail("bytes begin with x, and have two digits each");
    char *bytes = take_memory(digits / 2 + 1, 1);
    for (size_t at = 0; at < digits / 2; at++)
        bytes[at] = (char)(digit_of(word[2 * at + 1]) << 4 | digit_of(word[2 * at + 2]));
    if (length != NULL)
        *length = (u_int)(digits / 2);
    else if (strlen(bytes) != digits / 2)
        fail("a NUL has no place in a string");
    return bytes;
}

void print_text(const char *bytes)
{
    putchar('"');
    for (const unsigned char *at = (const unsigned char *)bytes; *at != '\0'; at++) {
        if (*at < 0x20 || *at > 0x7e || *at == '"' || *at == '\\')
            printf("\\u%04x", *at);
        else
            putchar(*at);
    }
    putchar('"');
}

void print_number(const char *name, u_int value)
{
    printf(",\"%s\":%u", name, value);
}

void print_address(const char *name, u_int address)
{
    printf(",\"%s\":\"%u.%u.%u.%u\"", name, address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}
