import { describeBackend } from '../backends/contract.js';
import { storageOf } from './support.workerd.js';

describeBackend('the storage of a Durable Object', () => storageOf('backend', Date.now, ['one', 'two']));
