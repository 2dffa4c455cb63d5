// What Airflow's page provides to plugins on globalThis, as far as the page uses it. A Chakra component that is not
// named here is an error, so that misspelt names are found. Props are not checked, because htm templates hide them.

import type * as ReactModule from "react";

type Parts<Names extends string> = Record<Names, ReactModule.ElementType>;
type SearchParams = URLSearchParams;

interface HostRouter extends Parts<"Link" | "Route" | "Routes"> {
  useNavigate(): (path: string) => void;
  useParams(): Record<string, string>;
  useSearchParams(): [SearchParams, SetSearchParams];
}

type NewParams = URLSearchParams | Record<string, string>;
type SetSearchParams = (
  params: NewParams | ((before: URLSearchParams) => NewParams),
  options?: { replace?: boolean },
) => void;

interface HostChakra
  extends Parts<
    | "Badge" | "Box" | "Button" | "CloseButton" | "Code" | "Flex" | "Grid" | "HStack" | "Heading" | "IconButton"
    | "Input" | "InputGroup" | "Link" | "Portal" | "SimpleGrid" | "Skeleton" | "Stack" | "Text" | "Textarea"
    | "VisuallyHidden"
  > {
  Alert: Parts<"Content" | "Description" | "Indicator" | "Root" | "Title">;
  Checkbox: Parts<"Control" | "HiddenInput" | "Label" | "Root">;
  Dialog: Parts<"Backdrop" | "Body" | "Content" | "Footer" | "Header" | "Positioner" | "Root" | "Title">;
  Field: Parts<"ErrorText" | "HelperText" | "Label" | "RequiredIndicator" | "Root">;
  List: Parts<"Item" | "Root">;
  Menu: Parts<"CheckboxItem" | "Content" | "Item" | "ItemIndicator" | "Positioner" | "Root" | "Separator" | "Trigger">;
  NativeSelect: Parts<"Field" | "Indicator" | "Root">;
  RadioGroup: Parts<"Item" | "ItemHiddenInput" | "ItemIndicator" | "ItemText" | "Root">;
  SegmentGroup: Parts<"Indicator" | "Item" | "ItemHiddenInput" | "ItemText" | "Root">;
  Switch: Parts<"Control" | "HiddenInput" | "Label" | "Root">;
  Table: Parts<"Body" | "Cell" | "ColumnHeader" | "Header" | "Root" | "Row" | "ScrollArea">;
  Tabs: Parts<"Content" | "List" | "Root" | "Trigger">;
  Tag: Parts<"CloseTrigger" | "EndElement" | "Label" | "Root">;
  Tooltip: Parts<"Content" | "Positioner" | "Root" | "Trigger">;
}

declare global {
  var ReactRouterDOM: HostRouter;
  var ChakraUI: HostChakra;
  var AirflowPlugin: ReactModule.ComponentType | undefined;
}
