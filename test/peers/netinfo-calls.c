/* The procedures of the domain's server: for each its stub, and the forms of what goes there and comes back. */
#include "netinfo-forms.h"

FITS(create_args);
FITS(createprop_args);
FITS(listall_answer);

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
