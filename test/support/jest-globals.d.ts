// only tests see Jest's globals: the build leaves this folder out
/// <reference types="jest" />
