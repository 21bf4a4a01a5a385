export const speed = (_root: string): string => "";
