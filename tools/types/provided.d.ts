// What the global setups of vitest.config.js provide to tests.

import 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    restURL: string;
  }
}
