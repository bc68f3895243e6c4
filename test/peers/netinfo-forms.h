/* How the procedures of the domain's server have their arguments read, and their results told. */
#ifndef NETINFO_FORMS_H
#define NETINFO_FORMS_H

#include "netinfo.h"
#include "peer.h"

/* netinfo-arguments.c */
void take_id_args(struct words *from, void *args);
void take_word_args(struct words *from, void *args);
void take_binding(struct words *from, void *args);
void take_create(struct words *from, void *args);
void take_destroy(struct words *from, void *args);
void take_directory(struct words *from, void *args);
void take_lookup(struct words *from, void *args);
void take_list(struct words *from, void *args);
void take_createprop(struct words *from, void *args);
void take_prop(struct words *from, void *args);
void take_writeprop(struct words *from, void *args);
void take_renameprop(struct words *from, void *args);
void take_createname(struct words *from, void *args);
void take_name(struct words *from, void *args);
void take_writename(struct words *from, void *args);

/* netinfo-results.c */
void print_statistics(const void *result);
void print_status(const void *result);
void print_id_answer(const void *result);
void print_parent(const void *result);
void print_created(const void *result);
void print_read(const void *result);
void print_found(const void *result);
void print_entries(const void *result);
void print_texts(const void *result);
void print_value(const void *result);
void print_binding(const void *result);
void print_lists(const void *result);
void print_copy(const void *result);

#endif
