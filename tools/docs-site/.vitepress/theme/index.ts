import DefaultTheme from 'vitepress/theme-without-fonts';
import './brand.css';

/** VitePress's own theme in our colour and the system's fonts. */
export default DefaultTheme;
