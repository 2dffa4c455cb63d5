// What Airflow's page provides to plugins: React, its router, its components. This package does not ship them.
import htm from "./vendor/htm.js";

export const { React, ReactRouterDOM: Router, ChakraUI: Chakra } = globalThis;
export const { useCallback, useEffect, useId, useMemo, useRef, useState } = React;
export const html = htm.bind(React.createElement);
