export default {
    plugins: ["@prettier/plugin-xml"],
    printWidth: 100,
    tabWidth: 4,
    xmlSelfClosingSpace: false,
    xmlWhitespaceSensitivity: "preserve",
};
