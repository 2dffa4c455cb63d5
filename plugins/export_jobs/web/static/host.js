// What Airflow's page provides to plugins: React, its router, its components. None of it is shipped here.
import htm from "./vendor/htm.js";

export const { React, ReactRouterDOM: Router, ChakraUI: Chakra } = globalThis;
export const { useCallback, useEffect, useId, useMemo, useRef, useState } = React;
export const html = htm.bind(React.createElement);
