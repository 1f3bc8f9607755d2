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

typedef int type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};

uint mod(
    uint x,
    uint y
) {
    bool _e4 = y == 0u;
    uint _e5 = _e4 ? 1u : y;
    uint _e6 = x / _e5;
    return _e4 ? 0u : (x - (_e6 * _e5));
}

struct index_iota_astype_mul_mod_sub_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_iota_astype_mul_mod_sub_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n353_in [[buffer(0)]]
, device type_3 const& n352_in [[buffer(1)]]
, device type_1& n469_out [[buffer(2)]]
, device type_3& n468_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    int constant_ = 0;
    int constant_b = 928;
    int constant_c = 927;
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    int _e10 = constant_;
    uint n37_uint32_ = as_type<uint>(_e10);
    int _e14 = constant_b;
    uint n41_uint32_ = as_type<uint>(_e14);
    uint n42_mul = n37_uint32_ * n41_uint32_;
    int n38_index = as_type<int>(index);
    uint n38_uint32_ = as_type<uint>(n38_index);
    uint _e20 = mod(n38_uint32_, 512u);
    uint n359_sub = n38_uint32_ - _e20;
    uint n360_sub = n41_uint32_ - n359_sub;
    uint n361_minimum = (256u < n360_sub) ? 256u : n360_sub;
    uint n362_add = n359_sub + n361_minimum;
    uint n363_sub = n41_uint32_ - n362_add;
    uint n364_minimum = (256u < n363_sub) ? 256u : n363_sub;
    uint n370_minimum = (n364_minimum < _e20) ? n364_minimum : _e20;
    uint n371_sub = _e20 - n370_minimum;
    uint n372_add = n371_sub + 256u;
    uint n369_minimum = (n361_minimum < _e20) ? n361_minimum : _e20;
    bool n373_lessEqual = !((n369_minimum < n372_add));
    uint n365_add = n42_mul + n359_sub;
    uint n366_sub = n365_add - 1u;
    uint n374_add = n366_sub + n372_add;
    int _e45 = constant_c;
    uint n375_uint32_ = as_type<uint>(_e45);
    uint n375_minimum = (n375_uint32_ < n374_add) ? n375_uint32_ : n374_add;
    int n375_int32_ = as_type<int>(n375_minimum);
    int n353_load = n353_in[as_type<uint>(n375_int32_)];
    uint n367_add = n42_mul + n362_add;
    uint n368_add = n367_add + _e20;
    uint n376_sub = n368_add - n372_add;
    uint n377_minimum = (n375_uint32_ < n376_sub) ? n375_uint32_ : n376_sub;
    int n377_int32_ = as_type<int>(n377_minimum);
    int n353_load_b = n353_in[as_type<uint>(n377_int32_)];
    bool n378_lessEqual = !((n353_load_b < n353_load));
    bool n379_logicalAnd = n373_lessEqual & n378_lessEqual;
    uint n380_where = n379_logicalAnd ? n372_add : n371_sub;
    uint n381_add = n380_where + 128u;
    bool n382_lessEqual = !((n369_minimum < n381_add));
    uint n383_add = n366_sub + n381_add;
    uint n384_minimum = (n375_uint32_ < n383_add) ? n375_uint32_ : n383_add;
    int n384_int32_ = as_type<int>(n384_minimum);
    int n353_load_c = n353_in[as_type<uint>(n384_int32_)];
    uint n385_sub = n368_add - n381_add;
    uint n386_minimum = (n375_uint32_ < n385_sub) ? n375_uint32_ : n385_sub;
    int n386_int32_ = as_type<int>(n386_minimum);
    int n353_load_d = n353_in[as_type<uint>(n386_int32_)];
    bool n387_lessEqual = !((n353_load_d < n353_load_c));
    bool n388_logicalAnd = n382_lessEqual & n387_lessEqual;
    uint n389_where = n388_logicalAnd ? n381_add : n380_where;
    uint n390_add = n389_where + 64u;
    bool n391_lessEqual = !((n369_minimum < n390_add));
    uint n392_add = n366_sub + n390_add;
    uint n393_minimum = (n375_uint32_ < n392_add) ? n375_uint32_ : n392_add;
    int n393_int32_ = as_type<int>(n393_minimum);
    int n353_load_e = n353_in[as_type<uint>(n393_int32_)];
    uint n394_sub = n368_add - n390_add;
    uint n395_minimum = (n375_uint32_ < n394_sub) ? n375_uint32_ : n394_sub;
    int n395_int32_ = as_type<int>(n395_minimum);
    int n353_load_f = n353_in[as_type<uint>(n395_int32_)];
    bool n396_lessEqual = !((n353_load_f < n353_load_e));
    bool n397_logicalAnd = n391_lessEqual & n396_lessEqual;
    uint n398_where = n397_logicalAnd ? n390_add : n389_where;
    uint n399_add = n398_where + 32u;
    bool n400_lessEqual = !((n369_minimum < n399_add));
    uint n401_add = n366_sub + n399_add;
    uint n402_minimum = (n375_uint32_ < n401_add) ? n375_uint32_ : n401_add;
    int n402_int32_ = as_type<int>(n402_minimum);
    int n353_load_g = n353_in[as_type<uint>(n402_int32_)];
    uint n403_sub = n368_add - n399_add;
    uint n404_minimum = (n375_uint32_ < n403_sub) ? n375_uint32_ : n403_sub;
    int n404_int32_ = as_type<int>(n404_minimum);
    int n353_load_h = n353_in[as_type<uint>(n404_int32_)];
    bool n405_lessEqual = !((n353_load_h < n353_load_g));
    bool n406_logicalAnd = n400_lessEqual & n405_lessEqual;
    uint n407_where = n406_logicalAnd ? n399_add : n398_where;
    uint n408_add = n407_where + 16u;
    bool n409_lessEqual = !((n369_minimum < n408_add));
    uint n410_add = n366_sub + n408_add;
    uint n411_minimum = (n375_uint32_ < n410_add) ? n375_uint32_ : n410_add;
    int n411_int32_ = as_type<int>(n411_minimum);
    int n353_load_i = n353_in[as_type<uint>(n411_int32_)];
    uint n412_sub = n368_add - n408_add;
    uint n413_minimum = (n375_uint32_ < n412_sub) ? n375_uint32_ : n412_sub;
    int n413_int32_ = as_type<int>(n413_minimum);
    int n353_load_j = n353_in[as_type<uint>(n413_int32_)];
    bool n414_lessEqual = !((n353_load_j < n353_load_i));
    bool n415_logicalAnd = n409_lessEqual & n414_lessEqual;
    uint n416_where = n415_logicalAnd ? n408_add : n407_where;
    uint n417_add = n416_where + 8u;
    bool n418_lessEqual = !((n369_minimum < n417_add));
    uint n419_add = n366_sub + n417_add;
    uint n420_minimum = (n375_uint32_ < n419_add) ? n375_uint32_ : n419_add;
    int n420_int32_ = as_type<int>(n420_minimum);
    int n353_load_k = n353_in[as_type<uint>(n420_int32_)];
    uint n421_sub = n368_add - n417_add;
    uint n422_minimum = (n375_uint32_ < n421_sub) ? n375_uint32_ : n421_sub;
    int n422_int32_ = as_type<int>(n422_minimum);
    int n353_load_l = n353_in[as_type<uint>(n422_int32_)];
    bool n423_lessEqual = !((n353_load_l < n353_load_k));
    bool n424_logicalAnd = n418_lessEqual & n423_lessEqual;
    uint n425_where = n424_logicalAnd ? n417_add : n416_where;
    uint n426_add = n425_where + 4u;
    bool n427_lessEqual = !((n369_minimum < n426_add));
    uint n428_add = n366_sub + n426_add;
    uint n429_minimum = (n375_uint32_ < n428_add) ? n375_uint32_ : n428_add;
    int n429_int32_ = as_type<int>(n429_minimum);
    int n353_load_m = n353_in[as_type<uint>(n429_int32_)];
    uint n430_sub = n368_add - n426_add;
    uint n431_minimum = (n375_uint32_ < n430_sub) ? n375_uint32_ : n430_sub;
    int n431_int32_ = as_type<int>(n431_minimum);
    int n353_load_n = n353_in[as_type<uint>(n431_int32_)];
    bool n432_lessEqual = !((n353_load_n < n353_load_m));
    bool n433_logicalAnd = n427_lessEqual & n432_lessEqual;
    uint n434_where = n433_logicalAnd ? n426_add : n425_where;
    uint n435_add = n434_where + 2u;
    bool n436_lessEqual = !((n369_minimum < n435_add));
    uint n437_add = n366_sub + n435_add;
    uint n438_minimum = (n375_uint32_ < n437_add) ? n375_uint32_ : n437_add;
    int n438_int32_ = as_type<int>(n438_minimum);
    int n353_load_o = n353_in[as_type<uint>(n438_int32_)];
    uint n439_sub = n368_add - n435_add;
    uint n440_minimum = (n375_uint32_ < n439_sub) ? n375_uint32_ : n439_sub;
    int n440_int32_ = as_type<int>(n440_minimum);
    int n353_load_p = n353_in[as_type<uint>(n440_int32_)];
    bool n441_lessEqual = !((n353_load_p < n353_load_o));
    bool n442_logicalAnd = n436_lessEqual & n441_lessEqual;
    uint n443_where = n442_logicalAnd ? n435_add : n434_where;
    uint n444_add = n443_where + 1u;
    bool n445_lessEqual = !((n369_minimum < n444_add));
    uint n446_add = n366_sub + n444_add;
    uint n447_minimum = (n375_uint32_ < n446_add) ? n375_uint32_ : n446_add;
    int n447_int32_ = as_type<int>(n447_minimum);
    int n353_load_q = n353_in[as_type<uint>(n447_int32_)];
    uint n448_sub = n368_add - n444_add;
    uint n449_minimum = (n375_uint32_ < n448_sub) ? n375_uint32_ : n448_sub;
    int n449_int32_ = as_type<int>(n449_minimum);
    int n353_load_r = n353_in[as_type<uint>(n449_int32_)];
    bool n450_lessEqual = !((n353_load_r < n353_load_q));
    bool n451_logicalAnd = n445_lessEqual & n450_lessEqual;
    uint n452_where = n451_logicalAnd ? n444_add : n443_where;
    bool n462_less = n452_where < n361_minimum;
    uint n453_sub = _e20 - n452_where;
    bool n460_greaterEqual = !((n453_sub < n364_minimum));
    uint n454_add = n452_where + 1u;
    uint n455_add = n366_sub + n454_add;
    uint n456_minimum = (n375_uint32_ < n455_add) ? n375_uint32_ : n455_add;
    int n456_int32_ = as_type<int>(n456_minimum);
    int n353_load_s = n353_in[as_type<uint>(n456_int32_)];
    uint n457_sub = n368_add - n452_where;
    uint n458_minimum = (n375_uint32_ < n457_sub) ? n375_uint32_ : n457_sub;
    int n458_int32_ = as_type<int>(n458_minimum);
    int n353_load_t = n353_in[as_type<uint>(n458_int32_)];
    bool n459_lessEqual = !((n353_load_t < n353_load_s));
    bool n461_logicalOr = n460_greaterEqual | n459_lessEqual;
    bool n463_logicalAnd = n462_less & n461_logicalOr;
    uint n464_add = n359_sub + n452_where;
    uint n465_add = n362_add + n453_sub;
    uint n466_where = n463_logicalAnd ? n464_add : n465_add;
    uint n467_add = n42_mul + n466_where;
    uint n469_minimum = (n375_uint32_ < n467_add) ? n375_uint32_ : n467_add;
    int n469_int32_ = as_type<int>(n469_minimum);
    uint _e272 = as_type<uint>(n469_int32_);
    int n353_load_u = n353_in[_e272];
    uint n352_load = n352_in[_e272];
    n469_out[index] = n353_load_u;
    n468_out[index] = n352_load;
}
