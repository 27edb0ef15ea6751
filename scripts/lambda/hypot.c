// SPDX-License-Identifier: Apache-2.0
//
// Foundation asks for hypot and hypotf, whose newest versions came with glibc 2.35. These two hand the call on to the first
// versions, which every glibc has, so that an executable linked here runs with the older glibc of Amazon Linux 2023.
#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#else
#define FIRST "GLIBC_2.17"
#endif

extern double first_hypot(double, double);
extern float first_hypotf(float, float);
__asm__(".symver first_hypot, hypot@" FIRST);
__asm__(".symver first_hypotf, hypotf@" FIRST);

double hypot(double x, double y) { return first_hypot(x, y); }
float hypotf(float x, float y) { return first_hypotf(x, y); }
