// What Airflow's page lends to a plugin: one React, one router, one theme. Nothing of it is shipped twice.
import htm from "./vendor/htm.js";

export const { React, ReactRouterDOM: Router, ChakraUI: Chakra } = globalThis;
export const { useCallback, useEffect, useId, useMemo, useRef, useState } = React;
export const html = htm.bind(React.createElement);
