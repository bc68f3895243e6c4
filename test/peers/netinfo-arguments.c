/* The arguments of the procedures of the domain's server, from words. */
#include "netinfo-forms.h"

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

void take_id_args(struct words *from, void *args)
{
    *(id *)args = take_id(from);
}

void take_word_args(struct words *from, void *args)
{
    *(u_int *)args = take_number(from);
}

void take_binding(struct words *from, void *args)
{
    binding *to = args;
    to->tag = take_bytes(from, NULL);
    to->address = take_number(from);
}

void take_create(struct words *from, void *args)
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

void take_destroy(struct words *from, void *args)
{
    destroy_args *to = args;
    to->parent = take_id(from);
    to->self = take_id(from);
}

void take_directory(struct words *from, void *args)
{
    directory_args *to = args;
    to->self = take_id(from);
    to->list = take_properties(from);
}

void take_lookup(struct words *from, void *args)
{
    lookup_args *to = args;
    to->self = take_id(from);
    to->key = take_bytes(from, NULL);
    to->value = take_bytes(from, NULL);
}

void take_list(struct words *from, void *args)
{
    list_args *to = args;
    to->self = take_id(from);
    to->key = take_bytes(from, NULL);
}

void take_createprop(struct words *from, void *args)
{
    createprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_property(from);
    to->where = take_number(from);
}

void take_prop(struct words *from, void *args)
{
    prop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
}

void take_writeprop(struct words *from, void *args)
{
    writeprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->values = take_texts(from);
}

void take_renameprop(struct words *from, void *args)
{
    renameprop_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->name = take_bytes(from, NULL);
}

void take_createname(struct words *from, void *args)
{
    createname_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->value = take_bytes(from, NULL);
    to->where = take_number(from);
}

void take_name(struct words *from, void *args)
{
    name_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->at = take_number(from);
}

void take_writename(struct words *from, void *args)
{
    writename_args *to = args;
    to->self = take_id(from);
    to->prop = take_number(from);
    to->at = take_number(from);
    to->value = take_bytes(from, NULL);
}
