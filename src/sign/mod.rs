//! The signatures of the three clouds: values in, values out.
