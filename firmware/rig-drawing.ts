export const rigDrawing = (): string => "";
