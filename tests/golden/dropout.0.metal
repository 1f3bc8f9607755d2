// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
};

typedef uint type_1[1];
typedef metal::float4 type_3[1];
struct Uniforms {
    uint size;
    float c1_;
    float c2_;
};

metal::uint4 threefry_vec(
    metal::uint4 x,
    metal::uint4 y,
    metal::uint4 z
) {
    metal::uint4 _e6 = (x ^ y) ^ metal::uint4(466688986u);
    metal::uint4 _e7 = z + y;
    metal::uint4 _e8 = x + _e7;
    metal::uint4 _e11 = metal::uint4(13u);
    metal::uint4 _e13 = metal::uint4(19u);
    metal::uint4 _e16 = ((_e7 << _e11) | (_e7 >> _e13)) ^ _e8;
    metal::uint4 _e17 = _e8 + _e16;
    metal::uint4 _e20 = metal::uint4(15u);
    metal::uint4 _e22 = metal::uint4(17u);
    metal::uint4 _e25 = ((_e16 << _e20) | (_e16 >> _e22)) ^ _e17;
    metal::uint4 _e26 = _e17 + _e25;
    metal::uint4 _e29 = metal::uint4(26u);
    metal::uint4 _e31 = metal::uint4(6u);
    metal::uint4 _e34 = ((_e25 << _e29) | (_e25 >> _e31)) ^ _e26;
    metal::uint4 _e35 = _e26 + _e34;
    metal::uint4 _e44 = ((((_e34 << _e31) | (_e34 >> _e29)) ^ _e35) + _e6) + metal::uint4(1u);
    metal::uint4 _e45 = (_e35 + y) + _e44;
    metal::uint4 _e49 = ((_e44 << _e22) | (_e44 >> _e20)) ^ _e45;
    metal::uint4 _e50 = _e45 + _e49;
    metal::uint4 _e53 = metal::uint4(29u);
    metal::uint4 _e55 = metal::uint4(3u);
    metal::uint4 _e58 = ((_e49 << _e53) | (_e49 >> _e55)) ^ _e50;
    metal::uint4 _e59 = _e50 + _e58;
    metal::uint4 _e61 = metal::uint4(16u);
    metal::uint4 _e65 = ((_e58 << _e61) | (_e58 >> _e61)) ^ _e59;
    metal::uint4 _e66 = _e59 + _e65;
    metal::uint4 _e69 = metal::uint4(24u);
    metal::uint4 _e71 = metal::uint4(8u);
    metal::uint4 _e79 = ((((_e65 << _e69) | (_e65 >> _e71)) ^ _e66) + x) + metal::uint4(2u);
    metal::uint4 _e80 = (_e66 + _e6) + _e79;
    metal::uint4 _e84 = ((_e79 << _e11) | (_e79 >> _e13)) ^ _e80;
    metal::uint4 _e85 = _e80 + _e84;
    metal::uint4 _e89 = ((_e84 << _e20) | (_e84 >> _e22)) ^ _e85;
    metal::uint4 _e90 = _e85 + _e89;
    metal::uint4 _e94 = ((_e89 << _e29) | (_e89 >> _e31)) ^ _e90;
    metal::uint4 _e95 = _e90 + _e94;
    metal::uint4 _e102 = ((((_e94 << _e31) | (_e94 >> _e29)) ^ _e95) + y) + _e55;
    metal::uint4 _e103 = (_e95 + x) + _e102;
    metal::uint4 _e107 = ((_e102 << _e22) | (_e102 >> _e20)) ^ _e103;
    metal::uint4 _e108 = _e103 + _e107;
    metal::uint4 _e112 = ((_e107 << _e53) | (_e107 >> _e55)) ^ _e108;
    metal::uint4 _e113 = _e108 + _e112;
    metal::uint4 _e117 = ((_e112 << _e61) | (_e112 >> _e61)) ^ _e113;
    metal::uint4 _e118 = _e113 + _e117;
    metal::uint4 _e127 = ((((_e117 << _e69) | (_e117 >> _e71)) ^ _e118) + _e6) + metal::uint4(4u);
    metal::uint4 _e128 = (_e118 + y) + _e127;
    metal::uint4 _e132 = ((_e127 << _e11) | (_e127 >> _e13)) ^ _e128;
    metal::uint4 _e133 = _e128 + _e132;
    metal::uint4 _e137 = ((_e132 << _e20) | (_e132 >> _e22)) ^ _e133;
    metal::uint4 _e138 = _e133 + _e137;
    metal::uint4 _e142 = ((_e137 << _e29) | (_e137 >> _e31)) ^ _e138;
    metal::uint4 _e143 = _e138 + _e142;
    return (_e143 + _e6) ^ (((((_e142 << _e31) | (_e142 >> _e29)) ^ _e143) + x) + metal::uint4(5u));
}

struct map_randomBits_rightShift_astype_mul_less_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_randomBits_rightShift_astype_mul_less_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3& b2_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    uint constant_ = 9u;
    uint quad_ = id.x;
    uint size = uniforms.size;
    uint _e6 = quad_ * 4u;
    if (_e6 >= size) {
        return;
    }
    uint v0_load = b0_in[0u];
    uint v1_load = b0_in[1u];
    metal::int4 v2_index = as_type<metal::int4>(metal::uint4(_e6) + metal::uint4(0u, 1u, 2u, 3u));
    metal::uint4 v3_uint32_ = as_type<metal::uint4>(v2_index);
    metal::uint4 _e24 = threefry_vec(metal::uint4(v0_load), metal::uint4(v1_load), v3_uint32_);
    uint _e28 = constant_;
    metal::uint4 v6_rightShift = metal::select(metal::uint4(0u), _e24 >> metal::uint4(_e28 & 31u), metal::bool4(_e28 < 32u));
    metal::float4 v7_float32_ = static_cast<metal::float4>(v6_rightShift);
    float c1_ = uniforms.c1_;
    metal::float4 v9_mul = v7_float32_ * metal::float4(c1_);
    float c2_ = uniforms.c2_;
    metal::float4 _e44 = metal::float4(c2_);
    metal::bool4 v11_less = (v9_mul < _e44) & !(((metal::uint4(2139095040u) < (as_type<metal::uint4>(v9_mul) & metal::uint4(2147483647u))) | metal::bool4(2139095040u < (as_type<uint>(c2_) & 2147483647u))));
    metal::float4 v12_load = b1_in[quad_];
    metal::float4 v13_div = v12_load / _e44;
    metal::float4 v15_where = metal::select(metal::float4(0.0), v13_div, v11_less);
    b2_out[quad_] = v15_where;
}
