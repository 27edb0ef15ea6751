// SPDX-License-Identifier: Apache-2.0
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

/// Sets a variable of this process's environment, or takes it away where there is no value.
///
/// `setenv` of the GNU library keeps every value that a variable ever had, and some are another one each time. What is set here is freed when the variable
/// has been set twice more: whoever began to read the value before this one still can.
///
/// To be called by one thread at a time. Returns 0, or -1 where there is no memory or no such name can be; the variable is as it was then.
int environment_set(const char *_Nonnull name, const char *_Nullable value);

#endif
