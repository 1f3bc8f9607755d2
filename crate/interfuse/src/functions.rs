//! The functions that are rows of the table, in the order of their positions. A new one is a line here, and itself.

use crate::table::{Facts, Row};
use interfuse_derive::rows;

rows! {
    /// The functions of the core.
    pub static CORE {
        crate::library::reduce { sum prod max min any all mean var std argmax argmin logsumexp array_equal allclose }
        crate::library::view {
            reshape flatten unflatten transpose swapaxes moveaxis expand_dims squeeze broadcast_to flip pad repeat tile take
        }
        crate::library::join { concatenate stack split roll }
        crate::library::slice { slice }
        crate::library { astype stop_gradient divmod }
        crate::library::linear { matmul dot inner outer tensordot addmm }
        crate::library::nn { softmax log_softmax gelu silu relu leaky_relu softplus layer_norm rms_norm one_hot }
        crate::library::create {
            full zeros ones zeros_like ones_like full_like arange_bounds linspace eye tri tril triu meshgrid
        }
        crate::library::scan { cumsum cumprod cummax cummin logcumsumexp }
        crate::library::sort { sort argsort topk median quantile }
        crate::library::einsum { norm einsum kron diag diagonal trace nan_to_num }
        crate::library::index {
            take_along_axis put_along_axis scatter_add at_get at_set at_add at_mul at_max at_min
        }
        crate::random {
            key split bits uniform normal truncated_normal bernoulli randint gumbel categorical permutation permutation_of
        }
        crate::library::conv { conv1d conv2d conv_transpose1d conv_transpose2d max_pool avg_pool }
    }
}

rows! {
    /// The functions of the part "training".
    pub static TRAINING {
        crate::nn::activations {
            elu celu selu relu6 relu2 softsign softshrink hard_shrink log_sigmoid mish hardswish hard_tanh gelu_approx gelu_fast_approx
            softmin step prelu glu
        }
        crate::nn::losses {
            cross_entropy binary_cross_entropy l1_loss mse_loss nll_loss gaussian_nll_loss kl_div_loss smooth_l1_loss huber_loss
            log_cosh_loss hinge_loss cosine_similarity_loss margin_ranking_loss triplet_loss
        }
        crate::nn::layers {
            linear conv1d_biased conv2d_biased embedding batch_statistics batch_norm running dropout scaled_dot_product_attention
            multi_head_attention check_heads causal_mask
        }
        crate::nn::init {
            constant identity uniform normal fan_in embedding glorot_uniform glorot_normal he_uniform he_normal
        }
        crate::optim::schedule { constant linear_schedule exponential_decay step_decay cosine_decay join }
        crate::optim::clip { norm_and_clipped }
        crate::optim::rule { updated }
    }
}
