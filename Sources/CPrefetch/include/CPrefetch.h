#ifndef CPREFETCH_H
#define CPREFETCH_H

/// Asks the processor to bring the cache line of `address` near, without waiting for it; Swift has no such operation.
static inline void prefetchLine(const void *address) { __builtin_prefetch(address, 0, 3); }

#endif
