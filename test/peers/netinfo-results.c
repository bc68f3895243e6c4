/* The results of the procedures of the domain's server, as members of a JSON object. */
#include "netinfo-forms.h"
#include <stdio.h>

/* Parts of results. */

static void print_id(const char *name, id shown)
{
    printf(",\"%s\":{\"object\":%u,\"instance\":%u}", name, shown.object, shown.instance);
}

static void print_comma(u_int at)
{
    if (at > 0)
        putchar(',');
}

static void print_list(const texts *shown)
{
    putchar('[');
    for (u_int at = 0; at < shown->texts_len; at++) {
        print_comma(at);
        print_text(shown->texts_val[at]);
    }
    putchar(']');
}

static void print_properties(const properties *shown)
{
    putchar('[');
    for (u_int at = 0; at < shown->properties_len; at++) {
        print_comma(at);
        printf("{\"name\":");
        print_text(shown->properties_val[at].name);
        printf(",\"values\":");
        print_list(&shown->properties_val[at].values);
        putchar('}');
    }
    putchar(']');
}

static void print_objects(const objects *shown)
{
    putchar('[');
    for (u_int at = 0; at < shown->objects_len; at++) {
        print_comma(at);
        printf("%u", shown->objects_val[at]);
    }
    putchar(']');
}

/* Results: the status of a union first, as on the wire, and the rest only when it is 0. */

static int is_done(answer_status status)
{
    print_number("status", (u_int)status);
    return status == STATUS_DONE;
}

void print_statistics(const void *result)
{
    printf(",\"properties\":");
    print_properties(result);
}

void print_status(const void *result)
{
    print_number("status", *(const u_int *)result);
}

void print_id_answer(const void *result)
{
    const id_answer *shown = result;
    if (is_done(shown->status))
        print_id("id", shown->id_answer_u.self);
}

void print_parent(const void *result)
{
    const parent_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_number("parent", shown->parent_answer_u.found.parent);
    print_id("id", shown->parent_answer_u.found.self);
}

void print_created(const void *result)
{
    const create_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("child", shown->create_answer_u.made.child);
    print_id("id", shown->create_answer_u.made.parent);
}

void print_read(const void *result)
{
    const properties_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("id", shown->properties_answer_u.found.self);
    print_statistics(&shown->properties_answer_u.found.list);
}

void print_found(const void *result)
{
    const objects_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"objects\":");
    print_objects(&shown->objects_answer_u.found.list);
    print_id("id", shown->objects_answer_u.found.self);
}

void print_entries(const void *result)
{
    const list_answer *shown = result;
    if (!is_done(shown->status))
        return;
    const entries_found *found = &shown->list_answer_u.found;
    printf(",\"entries\":[");
    for (u_int at = 0; at < found->list.list_len; at++) {
        print_comma(at);
        printf("{\"object\":%u,\"values\":", found->list.list_val[at].object);
        if (found->list.list_val[at].values == NULL)
            printf("null");
        else
            print_list(found->list.list_val[at].values);
        putchar('}');
    }
    putchar(']');
    print_id("id", found->self);
}

void print_texts(const void *result)
{
    const texts_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"values\":");
    print_list(&shown->texts_answer_u.found.list);
    print_id("id", shown->texts_answer_u.found.self);
}

void print_value(const void *result)
{
    const text_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("id", shown->text_answer_u.found.self);
    printf(",\"value\":");
    print_text(shown->text_answer_u.found.value);
}

void print_binding(const void *result)
{
    const rparent_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"tag\":");
    print_text(shown->rparent_answer_u.found.tag);
    print_address("address", shown->rparent_answer_u.found.address);
}

void print_lists(const void *result)
{
    const listall_answer *shown = result;
    if (!is_done(shown->status))
        return;
    const lists_found *found = &shown->listall_answer_u.found;
    print_id("id", found->self);
    printf(",\"lists\":[");
    for (u_int at = 0; at < found->lists.lists_len; at++) {
        print_comma(at);
        print_properties(&found->lists.lists_val[at]);
    }
    putchar(']');
}

void print_copy(const void *result)
{
    const readall_answer *shown = result;
    if (!is_done(shown->status))
        return;
    const copy *whole = &shown->readall_answer_u.whole;
    print_number("checksum", whole->checksum);
    print_number("highest", whole->highest);
    printf(",\"directories\":[");
    for (const directory_node *node = whole->first; node != NULL; node = node->next) {
        print_comma(node != whole->first);
        printf("{\"parent\":%u", node->here.parent);
        print_id("id", node->here.self);
        print_statistics(&node->here.list);
        printf(",\"children\":");
        print_objects(&node->here.children);
        putchar('}');
    }
    putchar(']');
}
