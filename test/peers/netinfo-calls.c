/* The procedures of the domain's server: arguments from words, results as members of a JSON object. */
#include "netinfo.h"
#include "peer.h"
#include <stdio.h>

FITS(create_args);
FITS(createprop_args);
FITS(listall_answer);

/* Parts of arguments. */

static id take_id(struct words *from)
{
    id taken;
    taken.object = take_number(from);
    taken.instance = take_number(from);
    return taken;
}

static texts take_texts(struct words *from)
{
    texts taken;
    taken.texts_len = take_number(from);
    taken.texts_val = take_memory(taken.texts_len, sizeof(text));
    for (u_int at = 0; at < taken.texts_len; at++)
        taken.texts_val[at] = take_bytes(from, NULL);
    return taken;
}

static property take_property(struct words *from)
{
    property taken;
    taken.name = take_bytes(from, NULL);
    taken.values = take_texts(from);
    return taken;
}

static properties take_properties(struct words *from)
{
    properties taken;
    taken.properties_len = take_number(from);
    taken.properties_val = take_memory(taken.properties_len, sizeof(property));
    for (u_int at = 0; at < taken.properties_len; at++)
        taken.properties_val[at] = take_property(from);
    return taken;
}

/* Arguments. */

static void take_id_args(struct words *from, void *args)
{
    *(id *)args = take_id(from);
}

static void take_word_args(struct words *from, void *args)
{
    *(u_int *)args = take_number(from);
}

static void take_binding(struct words *from, void *args)
{
    binding *to = args;
    to->tag = take_bytes(from, NULL);
    to->address = take_number(from);
}

static void take_create(struct words *from, void *args)
{
    create_args *to = args;
    to->parent = take_id(from);
    to->list = take_properties(from);
    to->where = take_number(from);
    if (take_number(from) == 0)
        return;
    to->target = take_memory(1, sizeof(id));
    *to->target = take_id(from);
}

static void take_destroy(struct words *from, void *args)
{
    destroy_args *to = args;
    to->parent = take_id(from);
    to->self = take_id(from);
}

static void take_directory(struct words *from, void *args)
{
    directory_args *to = args;
    to->self = take_id(from);
    to->list = take_properties(from);
}

static void take_lookup(struct words *from, void *args)
{
    lookup_args *to = args;
    to->self = take_id(from);
    to->key = take_bytes(from, NULL);
    to->value = take_bytes(from, NULL);
}

static void take_list(struct words *from, void *args)
{
    list_args *to = args;
    to->self = take_id(from);
    to->key = take_bytes(from, NULL);
}

static void take_createprop(struct words *from, void *args)
{
    createprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_property(from);
    to->where = take_number(from);
}

static void take_prop(struct words *from, void *args)
{
    prop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
}

static void take_writeprop(struct words *from, void *args)
{
    writeprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->values = take_texts(from);
}

static void take_renameprop(struct words *from, void *args)
{
    renameprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->name = take_bytes(from, NULL);
}

static void take_createname(struct words *from, void *args)
{
    createname_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->value = take_bytes(from, NULL);
    to->where = take_number(from);
}

static void take_name(struct words *from, void *args)
{
    name_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->at = take_number(from);
}

static void take_writename(struct words *from, void *args)
{
    writename_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->at = take_number(from);
    to->value = take_bytes(from, NULL);
}

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

static void print_statistics(const void *result)
{
    printf(",\"properties\":");
    print_properties(result);
}

static void print_status(const void *result)
{
    print_number("status", *(const u_int *)result);
}

static void print_id_answer(const void *result)
{
    const id_answer *shown = result;
    if (is_done(shown->status))
        print_id("id", shown->id_answer_u.self);
}

static void print_parent(const void *result)
{
    const parent_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_number("parent", shown->parent_answer_u.found.parent);
    print_id("id", shown->parent_answer_u.found.self);
}

static void print_created(const void *result)
{
    const create_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("child", shown->create_answer_u.made.child);
    print_id("id", shown->create_answer_u.made.parent);
}

static void print_read(const void *result)
{
    const properties_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("id", shown->properties_answer_u.found.self);
    print_statistics(&shown->properties_answer_u.found.list);
}

static void print_found(const void *result)
{
    const objects_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"objects\":");
    print_objects(&shown->objects_answer_u.found.list);
    print_id("id", shown->objects_answer_u.found.self);
}

static void print_entries(const void *result)
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

static void print_texts(const void *result)
{
    const texts_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"values\":");
    print_list(&shown->texts_answer_u.found.list);
    print_id("id", shown->texts_answer_u.found.self);
}

static void print_value(const void *result)
{
    const text_answer *shown = result;
    if (!is_done(shown->status))
        return;
    print_id("id", shown->text_answer_u.found.self);
    printf(",\"value\":");
    print_text(shown->text_answer_u.found.value);
}

static void print_binding(const void *result)
{
    const rparent_answer *shown = result;
    if (!is_done(shown->status))
        return;
    printf(",\"tag\":");
    print_text(shown->rparent_answer_u.found.tag);
    print_address("address", shown->rparent_answer_u.found.address);
}

static void print_lists(const void *result)
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

static void print_copy(const void *result)
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

STUB(ping, directory_ping_2)
STUB(statistics, directory_statistics_2)
STUB(root, directory_root_2)
STUB(self, directory_self_2)
STUB(parent, directory_parent_2)
STUB(create, directory_create_2)
STUB(destroy, directory_destroy_2)
STUB(read, directory_read_2)
STUB(write, directory_write_2)
STUB(children, directory_children_2)
STUB(lookup, directory_lookup_2)
STUB(list, directory_list_2)
STUB(createprop, directory_createprop_2)
STUB(destroyprop, directory_destroyprop_2)
STUB(readprop, directory_readprop_2)
STUB(writeprop, directory_writeprop_2)
STUB(renameprop, directory_renameprop_2)
STUB(listprops, directory_listprops_2)
STUB(createname, directory_createname_2)
STUB(destroyname, directory_destroyname_2)
STUB(readname, directory_readname_2)
STUB(writename, directory_writename_2)
STUB(rparent, directory_rparent_2)
STUB(listall, directory_listall_2)
STUB(bind, directory_bind_2)
STUB(readall, directory_readall_2)
STUB(crashed, directory_crashed_2)
STUB(resync, directory_resync_2)
STUB(lookupread, directory_lookupread_2)

#define NOTHING (xdrproc_t)xdr_void
#define AS(type) (xdrproc_t)xdr_##type

const struct procedure netinfo_procedures[] = {
    {"ping", NULL, NOTHING, run_ping, NOTHING, NULL},
    {"statistics", NULL, NOTHING, run_statistics, AS(properties), print_statistics},
    {"root", NULL, NOTHING, run_root, AS(id_answer), print_id_answer},
    {"self", take_id_args, AS(id), run_self, AS(id_answer), print_id_answer},
    {"parent", take_id_args, AS(id), run_parent, AS(parent_answer), print_parent},
    {"create", take_create, AS(create_args), run_create, AS(create_answer), print_created},
    {"destroy", take_destroy, AS(destroy_args), run_destroy, AS(id_answer), print_id_answer},
    {"read", take_id_args, AS(id), run_read, AS(properties_answer), print_read},
    {"write", take_directory, AS(directory_args), run_write, AS(id_answer), print_id_answer},
    {"children", take_id_args, AS(id), run_children, AS(objects_answer), print_found},
    {"lookup", take_lookup, AS(lookup_args), run_lookup, AS(objects_answer), print_found},
    {"list", take_list, AS(list_args), run_list, AS(list_answer), print_entries},
    {"createprop", take_createprop, AS(createprop_args), run_createprop, AS(id_answer), print_id_answer},
    {"destroyprop", take_prop, AS(prop_args), run_destroyprop, AS(id_answer), print_id_answer},
    {"readprop", take_prop, AS(prop_args), run_readprop, AS(texts_answer), print_texts},
    {"writeprop", take_writeprop, AS(writeprop_args), run_writeprop, AS(id_answer), print_id_answer},
    {"renameprop", take_renameprop, AS(renameprop_args), run_renameprop, AS(id_answer), print_id_answer},
    {"listprops", take_id_args, AS(id), run_listprops, AS(texts_answer), print_texts},
    {"createname", take_createname, AS(createname_args), run_createname, AS(id_answer), print_id_answer},
    {"destroyname", take_name, AS(name_args), run_destroyname, AS(id_answer), print_id_answer},
    {"readname", take_name, AS(name_args), run_readname, AS(text_answer), print_value},
    {"writename", take_writename, AS(writename_args), run_writename, AS(id_answer), print_id_answer},
    {"rparent", NULL, NOTHING, run_rparent, AS(rparent_answer), print_binding},
    {"listall", take_id_args, AS(id), run_listall, AS(listall_answer), print_lists},
    {"bind", take_binding, AS(binding), run_bind, NOTHING, NULL},
    {"readall", take_word_args, AS(u_int), run_readall, AS(readall_answer), print_copy},
    {"crashed", take_word_args, AS(u_int), run_crashed, NOTHING, NULL},
    {"resync", NULL, NOTHING, run_resync, AS(u_int), print_status},
    {"lookupread", take_lookup, AS(lookup_args), run_lookupread, AS(properties_answer), print_read},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
