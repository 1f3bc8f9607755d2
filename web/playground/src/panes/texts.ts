/**
 * @file Laws of rules and what would change cuts, as the package says them: some kilobytes that only those fetch who ask why.
 */
export { cutRemedies, rewriteRules } from "interfuse/devtools";
