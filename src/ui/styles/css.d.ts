/** The bundler handles style sheets. They export nothing. */
declare module "*.css" {}
