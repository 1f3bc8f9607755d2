// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
};

typedef metal::float4 type_1[1];
struct Uniforms {
    uint size;
};

metal::int4 naga_f2i32(metal::float4 value) {
    return static_cast<metal::int4>(metal::clamp(value, -2147483600.0, 2147483500.0));
}

metal::int4 float_to_int_vec(
    metal::float4 x
) {
    metal::float4 _e5 = metal::float4(2147483600.0);
    return metal::select(metal::select(metal::select(naga_f2i32(metal::select(metal::float4(0.0), x, metal::abs(x) < _e5)), metal::int4(2147483647), _e5 <= x), metal::int4((-2147483647 - 1)), x <= metal::float4(-2147483600.0)), metal::int4(0), metal::uint4(2139095040u) < (as_type<metal::uint4>(x) & metal::uint4(2147483647u)));
}

metal::float4 exp_vec(
    metal::float4 x_1
) {
    float constant_ = 0.5;
    metal::float4 _e2 = metal::float4(-105.0);
    metal::float4 _e4 = metal::select(x_1, _e2, x_1 < _e2);
    metal::float4 _e6 = metal::float4(90.0);
    metal::float4 _e8 = metal::select(_e4, _e6, _e6 < _e4);
    metal::float4 _e11 = _e8 * metal::float4(1.442695);
    float _e14 = constant_;
    metal::int4 _e24 = float_to_int_vec(_e11 + as_type<metal::float4>(metal::uint4(as_type<uint>(_e14)) ^ (as_type<metal::uint4>(_e11) & metal::uint4(2147483648u))));
    metal::float4 _e25 = static_cast<metal::float4>(_e24);
    metal::float4 _e33 = (_e8 - (_e25 * metal::float4(0.69314575))) - (_e25 * metal::float4(0.0000014286068));
    metal::int4 _e63 = as_type<metal::int4>(as_type<metal::uint4>(_e24) + as_type<metal::uint4>(metal::int4(0)));
    metal::int4 _e66 = _e63 >> metal::uint4(1u);
    metal::int4 _e69 = metal::int4(127);
    metal::uint4 _e73 = metal::uint4(23u);
    return metal::select((((_e33 + ((_e33 * _e33) * ((((((((((metal::float4(0.00019891269) * _e33) + metal::float4(0.00139339)) * _e33) + metal::float4(0.0083333105)) * _e33) + metal::float4(0.041666463)) * _e33) + metal::float4(0.16666667)) * _e33) + metal::float4(0.5)))) + metal::float4(1.0)) * as_type<metal::float4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(_e66) + as_type<metal::uint4>(_e69))) << _e73)) * as_type<metal::float4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(_e63) - as_type<metal::uint4>(_e66))) + as_type<metal::uint4>(_e69))) << _e73), x_1, metal::uint4(2139095040u) < (as_type<metal::uint4>(x_1) & metal::uint4(2147483647u)));
}

struct map_exp_barrierInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_exp_barrier(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    uint place = id.x;
    if (place < 20u) {
        metal::float4 v0_load = b0_in[place];
        metal::float4 _e16 = exp_vec(v0_load);
        b2_out[place] = _e16;
    }
    uint quad_ = place - 256u;
    if (quad_ < 4u) {
        metal::float4 v2_load = b1_in[quad_];
        b3_out[quad_] = v2_load;
    }
}
