/**
 * In bundles for Workers LangGraph is its build for browsers, which has nowhere to keep the context of a node: `interrupt()`
 * fails there, and subgraphs that are called in a node are not known as such. What it has in Node is set up here.
 *
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
