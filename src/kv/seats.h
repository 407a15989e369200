/* seats.h: the handle table: calls by number, as the host knows them.
 *
 * A handle names a seat and, so that a later call in the same seat is not taken for an earlier one,
 * that seat's turn.  Times are ms since 1970.
 */
#ifndef TKV_SEATS_H
#define TKV_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

struct seat {
  struct call *call; /* NULL: free */
  uint32_t turn;
  int64_t touched; /* ms: the last sign of life */
};

struct seats {
  struct seat *items;
  size_t count, taken;
};

/* Of a call that was gone before this instance was made: no handle of it is ever this. */
#define FLIGHT_GONE UINT32_MAX

/* seats_find returns the seat of the call |handle|, or NULL when it is over. */
struct seat *seats_find(const struct seats *seats, uint32_t handle);

/* seats_take returns a free seat with its next turn, which is the caller's to fill; NULL without
 * memory. */
struct seat *seats_take(struct seats *seats);

/* seats_handle returns the handle of the call that sits in |seat|; never 0. */
uint32_t seats_handle(const struct seats *seats, const struct seat *seat);

/* seats_heard_of returns when the call |handle| last gave a sign of life; long ago when it
 * is over. */
int64_t seats_heard_of(const struct seats *seats, uint32_t handle);

#endif
