import { showTheme } from "./theme";

showTheme();
