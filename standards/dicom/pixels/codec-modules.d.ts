/** Emscripten's factories of the codecs, which come without types. */
declare module '@cornerstonejs/codec-charls/decodewasmjs'
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs'
declare module '@cornerstonejs/codec-openjph/wasmjs'
