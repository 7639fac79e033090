type Rgb = readonly [number, number, number];

/** WCAG 2.2: text of normal size needs this much contrast. */
const ENOUGH = 4.5;
/** How far a fill may be darkened to carry white text before dark text is the better answer. */
const DARKEST = 0.82;

export interface AccentFill {
  /** The accent, or a slightly deeper shade of it. */
  fill: Rgb;
  text: '#ffffff' | '#14110b';
}

/** White text where the colour, or a shade hardly deeper, can carry it; dark text on light colours. */
export function accentFill(rgb: Rgb): AccentFill {
  for (let share = 1; share >= DARKEST; share -= 0.02) {
    const fill = rgb.map((channel) => Math.round(channel * share)) as unknown as Rgb;
    if (1.05 / (luminance(fill) + 0.05) >= ENOUGH) return { fill, text: '#ffffff' };
  }
  return { fill: rgb, text: '#14110b' };
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Puts the admin's colour on the page. Anything CSS understands; nonsense leaves the default. */
export function applyAccent(color: string): void {
  if (!CSS.supports('color', color)) return;
  const root = document.documentElement;
  root.style.setProperty('--accent', color);
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  const { fill, text } = accentFill([r, g, b]);
  root.style.setProperty('--accent-fill', `rgb(${fill.join(' ')})`);
  root.style.setProperty('--on-accent', text);
}
