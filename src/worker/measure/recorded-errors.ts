/** Errors that were recorded as failures of a measure: code that throws them on has not failed once more. */
export const recordedErrors = new WeakSet<object>();
