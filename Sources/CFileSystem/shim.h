/* statfs(2), which the Swift module of the C library on Linux leaves out. */
#if defined(__APPLE__)
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/statfs.h>
#endif
