import type { InstancedMesh } from "three";

/** The buttons that are in the picture: what is pressed there is not also a home behind. */
export const meterButtons: { mesh: InstancedMesh | null } = { mesh: null };
