/* workflow.h: workflow runs: one row each (row.h), under `workflow_snapshot:<run>:<workflow>`.
 *
 *   {"workflowName","runId","resourceId","createdAt","updatedAt","snapshot":{"status",…}}
 *
 * What the snapshot holds is the workflow engine's business; only its status, its steps' results
 * and the thread that an agent's run belongs to are looked at.
 *
 * Writing: engines store a run several times within milliseconds, and KV takes one write a second
 * of a key.  While the status is `pending` or `running` a snapshot is progress: it is held (kv.h)
 * and written by a row.flush a second later, if it is still held then; an agent's own runs
 * (`agentic-loop`, `executionWorkflow`) are not written for progress at all.  In any other state a
 * snapshot is stored before the call ends.  With {"all":true} in the control document all of them
 * are.
 */
#ifndef TKV_WORKFLOW_H
#define TKV_WORKFLOW_H

#include "rows/row.h"
#include "rows/workflow_row.h"

/* A run that a call is about. */
struct workflow {
  const struct row_kind *kind;
  struct span id, name; /* as the payload has them: JSON strings */
  struct span key;
  struct kv_request *get;
  struct json_field *given; /* of a persist: what the payload says */
  struct span result;
  bool flush; /* what was put may be held, and should be written soon */
};

/* workflow_named reads which run the payload names, and makes what follows a call about it.  NULL,
 * with the error recorded, when it names none. */
struct workflow *workflow_named(struct call *call);

/* workflow_put stores |text| as |run|'s row, or holds it, and then ends the call with `result`.
 * |flags| as of kv_put; an empty |text| stands for one that there was no memory for. */
enum tkv_status workflow_put(struct call *call, struct workflow *run, struct span text,
                             unsigned flags);

/* workflow_merge returns |context| with the result of |step| (a JSON string) merged in: results of
 * a `foreach`, whose outputs are arrays, are merged by element.  Empty when memory ran out. */
struct span workflow_merge(struct arena *arena, struct span context, struct span step,
                           struct span result);

#endif
