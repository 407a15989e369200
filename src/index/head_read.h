/* head_read.h: reading heads.  A head is read on every turn, and nearly every one is as head_write
 * writes it: that form is read in one pass, from left to right; any other by its JSON (head.h).
 */
#ifndef TKV_HEAD_READ_H
#define TKV_HEAD_READ_H

#include "index/head.h"

/* head_read reads |text| into |head|, its spans pointing into |text| or |arena|.  False when it is
 * damaged or of a newer version. */
bool head_read(struct arena *arena, struct span text, struct head *head);

/* head_read_plain does so for head_write's form.  False when it is of any other form, though it may
 * be right: no space, no escape, no other order, nothing negative. */
bool head_read_plain(struct arena *arena, struct span text, struct head *head);

#endif
