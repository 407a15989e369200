/* table.h: the tables, as data.
 *
 * A record's key is `prefix table ":" id`.  No table's name is a suffix of another's: with an
 * encoded prefix before it and an encoded id behind it, a key belongs to one prefix and one table
 * only (key.h).
 */
#ifndef TKV_TABLE_H
#define TKV_TABLE_H

#include "codec/span.h"

/* Constant, name, the name Mastra binds it under, '' for none.  The metadata table holds what the
 * core itself owns.  New ones come last: back ends of one's own count them (bindings/store/config.js). */
#define TKV_TABLE_LIST(X)                                                                          \
  X(THREADS, "threads", "mastra_threads")                                                          \
  X(MESSAGES, "messages", "mastra_messages")                                                       \
  X(METADATA, "metadata", "")                                                                      \
  X(RESOURCES, "resources", "mastra_resources")                                                    \
  X(WORKFLOWS, "workflow_snapshot", "mastra_workflow_snapshot")                                    \
  X(SCORES, "scores", "mastra_scorers")                                                            \
  X(TASKS, "background_tasks", "mastra_background_tasks")                                          \
  X(STATES, "thread_state", "mastra_thread_state")                                                 \
  X(BLOBS, "blobs", "mastra_skill_blobs")                                                          \
  X(TRACES, "traces", "mastra_traces")                                                             \
  X(EVALS, "evals", "mastra_evals")                                                                \
  X(OBSERVATIONS, "observational_memory", "mastra_observational_memory")                           \
  X(SCHEDULES, "schedules", "mastra_schedules")                                                    \
  X(TRIGGERS, "schedule_triggers", "mastra_schedule_triggers")                                     \
  X(NOTIFICATIONS, "notifications", "mastra_notifications")                                        \
  X(INSTALLATIONS, "channel_installations", "mastra_channel_installations")                        \
  X(WEBHOOKS, "channel_webhooks", "")                                                              \
  X(CHANNELS, "channel_config", "mastra_channel_config")                                           \
  X(DEFINITIONS, "workflow_definitions", "mastra_workflow_definitions")                            \
  X(CONNECTIONS, "tool_provider_connections", "mastra_tool_provider_connections")                  \
  X(SESSIONS, "harness_sessions", "mastra_harness_sessions")                                       \
  X(SPANS, "ai_spans", "mastra_ai_spans")                                                          \
  X(TRACE_ROOTS, "trace_roots", "")                                                                \
  X(TRACE_ERRORS, "trace_errors", "")                                                              \
  X(AGENTS, "agents", "mastra_agents")                                                             \
  X(AGENT_VERSIONS, "agent_versions", "mastra_agent_versions")                                     \
  X(PROMPT_BLOCKS, "prompt_blocks", "mastra_prompt_blocks")                                        \
  X(PROMPT_BLOCK_VERSIONS, "prompt_block_versions", "mastra_prompt_block_versions")                \
  X(SCORER_DEFINITIONS, "scorer_definitions", "mastra_scorer_definitions")                         \
  X(SCORER_DEFINITION_VERSIONS, "scorer_definition_versions", "mastra_scorer_definition_versions") \
  X(MCP_CLIENTS, "mcp_clients", "mastra_mcp_clients")                                              \
  X(MCP_CLIENT_VERSIONS, "mcp_client_versions", "mastra_mcp_client_versions")                      \
  X(MCP_SERVERS, "mcp_servers", "mastra_mcp_servers")                                              \
  X(MCP_SERVER_VERSIONS, "mcp_server_versions", "mastra_mcp_server_versions")                      \
  X(WORKSPACES, "workspaces", "mastra_workspaces")                                                 \
  X(WORKSPACE_VERSIONS, "workspace_versions", "mastra_workspace_versions")                         \
  X(SKILLS, "skills", "mastra_skills")                                                             \
  X(SKILL_VERSIONS, "skill_versions", "mastra_skill_versions")                                     \
  X(VERSION_IDS, "version_ids", "")                                                                \
  X(FAVORITES, "favorites", "mastra_favorites")                                                    \
  X(EXPERIMENTS, "experiments", "mastra_experiments")                                              \
  X(EXPERIMENT_RESULTS, "experiment_results", "mastra_experiment_results")                         \
  X(CHECKPOINTS, "checkpoints", "")                                                                \
  X(CHECKPOINT_HEADS, "checkpoint_heads", "")                                                      \
  X(DATASETS, "datasets", "mastra_datasets")                                                       \
  X(DATASET_ITEMS, "dataset_items", "mastra_dataset_items")                                        \
  X(DATASET_VERSIONS, "dataset_versions", "mastra_dataset_versions")

enum tkv_table {
#define X(constant, name, mastra) TABLE_##constant,
  TKV_TABLE_LIST(X)
#undef X
      TABLE_COUNT
};

/* table_name returns the name of |table|. */
struct span table_name(enum tkv_table table);

#endif
