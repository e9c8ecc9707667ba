/** The longest delay of a Node timer, in ms; a longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;
