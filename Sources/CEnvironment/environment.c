// SPDX-License-Identifier: Apache-2.0
#include "environment.h"

#include <stdlib.h>
#include <string.h>

// A variable that was set here, and its last two entries, which are in this file's hands: the environment has the second one, until somebody sets the
// variable otherwise.
struct variable {
    struct variable *next;
    char *before, *last;
    char name[];
};

static struct variable *variables;

static struct variable *find(const char *name) {
    for (struct variable *variable = variables; variable; variable = variable->next) {
        if (strcmp(variable->name, name) == 0) return variable;
    }
    size_t size = strlen(name) + 1;
    struct variable *variable = calloc(1, sizeof *variable + size);
    if (!variable) return NULL;
    memcpy(variable->name, name, size);
    variable->next = variables;
    variables = variable;
    return variable;
}

int environment_set(const char *name, const char *value) {
    if (!value) return unsetenv(name);
    size_t length = strlen(name);
    if (length == 0 || strchr(name, '=')) return -1;
    struct variable *variable = find(name);
    char *entry = variable ? malloc(length + strlen(value) + 2) : NULL;
    if (!entry) return -1;
    memcpy(entry, name, length);
    entry[length] = '=';
    strcpy(entry + length + 1, value);
    if (putenv(entry) != 0) {
        free(entry);
        return -1;
    }
    free(variable->before);
    variable->before = variable->last;
    variable->last = entry;
    return 0;
}
