/** In place of cdktf's module of this name: its stack traces end up nowhere, unless a token cannot be resolved. */
exports.captureStackTrace = () => [];
