/* emscripten.c: linked only by emscripten, which would otherwise import this from its own JavaScript. */
void emscripten_notify_memory_growth(int memory);

void emscripten_notify_memory_growth(int memory) {
  (void)memory;
}
