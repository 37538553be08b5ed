// Sixty boxes in one draw call, drawn one picture after the other: what three itself costs on this machine.

import {
  BoxGeometry,
  HemisphereLight,
  InstancedMesh,
  Matrix4,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from "three";

interface BareTimes {
  readonly jsMs: readonly number[];
  readonly pictureMs: readonly number[];
}

declare global {
  interface Window {
    drawBare?: (pictures: number) => Promise<BareTimes>;
  }
}

const [WIDTH, HEIGHT, BOXES] = [960, 540, 60];

window.drawBare = async (pictures) => {
  const renderer = new WebGLRenderer({ antialias: true });
  renderer.setSize(WIDTH, HEIGHT);
  document.body.append(renderer.domElement);
  const scene = new Scene();
  scene.add(new HemisphereLight());
  const camera = new PerspectiveCamera(28, WIDTH / HEIGHT, 1, 1_000);
  camera.position.set(0, 60, 140);
  camera.lookAt(0, 0, 0);
  const boxes = new InstancedMesh(new BoxGeometry(8, 5, 6), new MeshLambertMaterial(), BOXES);
  for (let row = 0; row < BOXES; row++)
    boxes.setMatrixAt(row, new Matrix4().setPosition((row % 10) * 12 - 54, 0, 0));
  scene.add(boxes);
  const context = renderer.getContext() as WebGL2RenderingContext;
  const times = { jsMs: [] as number[], pictureMs: [] as number[] };
  for (let picture = 0; picture < pictures; picture++) {
    await new Promise(requestAnimationFrame);
    const beganMs = performance.now();
    boxes.position.x = picture % 5;
    renderer.render(scene, camera);
    times.jsMs.push(performance.now() - beganMs);
    const fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0)!;
    context.flush();
    while (context.getSyncParameter(fence, context.SYNC_STATUS) !== context.SIGNALED)
      await new Promise((resolve) => setTimeout(resolve, 1));
    times.pictureMs.push(performance.now() - beganMs);
    context.deleteSync(fence);
  }
  return times;
};
