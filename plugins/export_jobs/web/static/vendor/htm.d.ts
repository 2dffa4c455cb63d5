// htm as the page uses it. A function in a template may take anything: what a component calls it with is not seen there.
type Value = ((...values: any[]) => unknown) | {} | null | undefined;
type Create = (type: any, props: any, ...children: any[]) => import("react").ReactElement;

declare const htm: {
  bind(create: Create): (strings: TemplateStringsArray, ...values: Value[]) => import("react").ReactElement;
};
export default htm;
