export const correctness = (_root: string): string => "";
